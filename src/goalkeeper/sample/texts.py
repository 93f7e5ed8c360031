"""Invented words: people, messages, answers, reviews; some of them hostile to careless programs."""

from __future__ import annotations

AGENT_NAMES = (
    "Ada Birk", "Milo Sander", "Rona Feld", "Jonas Wirt", "Lene Harms", "Tariq Amsel", "Ines Kolb", "Pavel Dorn",
    "Greta Moos", "Olek Brandt", "Suri Vogt", "Hanno Lenz", "Mira Stahl", "Emil Raabe", "Nora Quast",
    "Dana Whitlow", "Caleb Marsh", "Ruth Penrose", "Andre Fallow", "Keisha Boon", "Luis Carrow", "Tess Hadley",
    "Owen Sparks", "Priya Nash", "Joel Easter", "Mona Kirkby", "Dev Larch", "Abby Stone", "Ramon Tull",
    "Ivy Calder",
    "Isla Brody", "Noah Tran", "Matilda Reed", "Arlo Finch", "Zara Coyle", "Beau Harker", "Lily Okoro",
    "Finn Rudd", "Asha Menon", "Jack Tolley", "Ruby Sato", "Max Orford", "Elsie Wray", "Kai Dunmore", "Poppy Vale",
)  # fmt: skip

FIRST_NAMES = (
    "Anna", "Ben", "Carla", "David", "Elif", "Farid", "Gina", "Hugo", "Ida", "Jamal", "Kira", "Leo", "Maya", "Nils",
    "Olga", "Paul", "Quinn", "Rosa", "Samir", "Tara", "Uwe", "Vera", "Wanda", "Xenia", "Yusuf", "Zoe", "Amir",
    "Bella", "Cem", "Dora", "Ethan", "Frida", "Gus", "Hanna", "Igor", "June", "Karim", "Lola", "Moritz", "Nadia",
)  # fmt: skip
LAST_NAMES = (
    "Abel", "Brook", "Carver", "Dahl", "Ekberg", "Foster", "Grau", "Hale", "Ibsen", "Jung", "Kerr", "Lund", "Moor",
    "Nowak", "Orth", "Pike", "Quade", "Rossi", "Stark", "Thorn", "Unger", "Voss", "Wells", "Yates", "Zander",
    "Ashby", "Blum", "Croft", "Drew", "Engel", "Frost", "Gould", "Hart", "Irwin", "Jessen", "Kuhn", "Lowe", "Marlow",
)  # fmt: skip
# Given to a few customers: names that break careless files, pages and sheets.
HOSTILE_NAMES = (
    "Zoë \"Zed\" O'Hara", "=2+5", "<b>Bo</b>", "Núñez, María José", "王 小明", "@SUM(A1:A9)", "Null", "  Kit  ",
)  # fmt: skip

SUBJECTS = {
    "delivery_late": ("Where is my parcel?", "Parcel late again"),
    "refund": ("Refund not received", "How long does a refund take?"),
    "sizing": ("Which size do I need?", "Jacket runs small"),
    "billing": ("Charged twice", "Question on my invoice"),
    "login": ("Cannot log in", "Password link does not come"),
    "damaged_item": ("Arrived broken", "Tent pole snapped"),
    "product_question": ("Does the stove fit the pot?", "Is the shell waterproof?"),
    "subscription_change": ("Change my plan", "Skip the next box"),
    "cancellation": ("Cancel my subscription", "I want to stop"),
    "warranty": ("Warranty claim", "Zip failed after a year"),
    "address_change": ("New address", "Wrong street on my order"),
    "other": ("Hello", "Something else"),
}
OPENINGS = {
    "delivery_late": ("My parcel should have come on Monday. Where is it?", "Tracking has not moved for 4 days."),
    "refund": ("I sent the pack back two weeks ago, no money yet.", "Please tell me when the refund comes."),
    "sizing": ("I am 182 cm, is L right?", "The base layer is too tight, what now?"),
    "billing": ("My card was charged twice this month.", "The invoice shows a plan I do not have."),
    "login": ('The page says "unknown account".', "The reset mail never arrives."),
    "damaged_item": ("One pole was snapped when I opened the bag.", "The pot came dented, photo attached."),
    "product_question": ("Does the ridge tent fit a 2 m person?", "Can the filter be used with salt water?"),
    "subscription_change": ("Please move me to plus.", "Can I skip May?"),
    "cancellation": ("It is too dear for me, please cancel.", "I have enough socks. Stop the box."),
    "warranty": ("The zip broke after 11 months.", "Seams leak; bought last spring."),
    "address_change": ("We moved, please send it to the new flat.", "House number is 12a, not 12."),
    "other": ("Just wanted to say hello.", "Do you sell gift cards?"),
}
HOSTILE_SUBJECT = '=HYPERLINK("http://evil.example";"<b>Click</b>")'
HOSTILE_OPENINGS = (
    '=1+1\nHello, "quoted", comma, and; a semicolon',
    "<script>alert('hi')</script> my order & its <b>box</b>",
    "Great gear 🏕️🔥 but… où est mon colis ? ½ price?\r\nThanks\t!",
    "-- '; DROP TABLE tickets; --\n\n\n\\\\server\\share \u2028 end",
    "@SUM(1,2)*cmd|' /C calc'!A0",
)
CUSTOMER_REPLIES = (
    "Thanks, here is what you asked for.",
    "Still not working.",
    "The number is on the label: 0042.",
    "Yes please, go ahead.",
    "Any news?\n\nBest, me",
)
AGENT_REPLIES = (
    "Thank you for waiting. Could you send us a photo and your order number?",
    "We have looked into it and need one more detail from you.",
    "We are on it and will come back to you.",
)
SOLUTIONS = (
    "All done, a new one is on its way. Have a good trip!",
    "This is fixed now; please try again.",
    "The amount goes back to your card within 5 days.",
    "Here is the answer, step by step: 1) open, 2) press, 3) hold.",
)
NOTES = ("Checked with the warehouse.", "Second time this month; be kind.", 'Carrier says: ="lost"')
BOT_REPLIES = ("Hi, I am Fern. I may have an answer for you:", "Here is an article that could help.")
ACKNOWLEDGEMENT = "We have got your message and answer within one working day."
THANKS = "Thank you!"
REOPENINGS = ("It happened again.", "Sorry, but this did not solve it.", "I still have not got it.")
AGENT_OPENINGS = ("We noticed a fault in your last box and would like to put it right.",)
INTERNAL_OPENINGS = ("Printer at the packing desk is out of labels again.",)
SPAM = ("Rank first on every search engine!!! http://spam.example/?a=1&b=2",)
PASSED_ON = "I pass you on to a colleague who knows this better."
CALLED = "Call taken, see the call log."
GOOD_COMMENTS = ("", "", "Quick and kind", "Problem solved, thanks 🙂")
BAD_COMMENTS = ("", "Took too long", "Nobody reads what I write", 'Said "solved", was not')
BAD_REASONS = ("The issue took too long to resolve", "The issue was not resolved", "The agent was unhelpful")

NPS_REASONS = (
    ("Too expensive", "Parcels come late", "Box was damaged twice, nobody cared", "=1+1 problems"),
    ("It is fine", "Good gear, slow shop", 'Nice, but "pro" is dear', ""),
    ("Great service", "Love the boxes ❤", "Fast answers, good gear", "They\nreally\nhelp"),
)
REVIEW_TITLES = (
    "Never again", "Not good", "So so", "Good", "Excellent",
)  # fmt: skip
REVIEW_BODIES = (
    "Waited for weeks, <i>no</i> answer.",
    "Late, and one item was broken.",
    "Gear is fine, service is slow.",
    "Does what it says; delivery took 5 days, ok.",
    "Best box I ever had 🏔️\nWould buy again.",
)
CANCEL_REASONS = ("too_expensive", "not_used", "quality", "service", "moving", "other")
