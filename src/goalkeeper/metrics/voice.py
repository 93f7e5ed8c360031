"""What customers say beside satisfaction: effort, reviews, ideas, recovery; and what our own reviewers say."""

from __future__ import annotations

from goalkeeper.datasets.voice import IDEA_DAYS
from goalkeeper.formulas import Agreement, Mean, Part, Rate, Share
from goalkeeper.metrics.metric import Aim, Benchmark, Group, Metric
from goalkeeper.metrics.sources import ELEVEN_METRICS, SERVICE_GOALS, SEVENTEEN_TYPES, TEN_OBJECTIVES
from goalkeeper.units import Better, Unit

_OTHER_SCALE = {"not on a scale of 1 to 7": "easy IS NULL"}

EFFORT_SCORE = Metric(
    key="effort_score",
    name="Customer effort score",
    asks="How easy do we make it for customers?",
    group=Group.QUALITY,
    unit=Unit.SCORE,
    better=Better.HIGHER,
    formula=Mean(
        dataset="answers",
        at="responded_day",
        among="kind = 'ces'",
        of="easy IS NOT NULL",
        value="score",
        left_out=_OTHER_SCALE,
    ),
    aims=(Aim.QUALITY,),
    bounds=(1, 7),
    counts="answers",
    watch_with=("survey_response_rate", "first_contact_resolution"),
    benchmarks=(Benchmark(5, None, "5 and more; rather your own trend", ELEVEN_METRICS, "C"),),
    sources=(ELEVEN_METRICS,),
    about="""
        The mean of the answers to "you made it easy", from 1, not at all, to 7, fully. Answers on another scale, such
        as the older one on which little is good, are left out and counted as such.
        """,
    gamed_by="Asking only after easy cases.",
)

EASY_SHARE = Metric(
    key="easy_share",
    name="Easy for the customer",
    asks="For how many customers was it easy?",
    group=Group.QUALITY,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=Share(
        dataset="answers",
        at="responded_day",
        among="kind = 'ces'",
        of="easy IS NOT NULL",
        hits="easy",
        left_out=_OTHER_SCALE,
    ),
    aims=(Aim.QUALITY,),
    counts="answers",
    watch_with=("survey_response_rate", "first_contact_resolution"),
    sources=(ELEVEN_METRICS,),
    about="Answers of 5 to 7 on the scale of 1 to 7 of the effort question, among all answers on that scale.",
    gamed_by="Asking only after easy cases.",
)

RECOVERY_RATE = Metric(
    key="recovery_rate",
    name="Recovered customers",
    asks="How many dissatisfied customers are satisfied the next time?",
    group=Group.QUALITY,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=Share(
        dataset="dissatisfied",
        at="responded_day",
        of="is_first",
        hits="recovered",
        pending="again_open",
        left_out={"dissatisfied again within 90 days": "NOT is_first"},
        window_days=90,
    ),
    variants={
        "of_answered": Share(
            dataset="dissatisfied",
            at="responded_day",
            among="answered_again",
            of="is_first",
            hits="recovered",
            pending="again_open",
            left_out={"dissatisfied again within 90 days": "NOT is_first"},
            counts="dissatisfied customers who answered again",
            window_days=90,
        ),
    },
    aims=(Aim.QUALITY,),
    counts="dissatisfied customers",
    watch_with=("cost_per_resolution",),
    sources=(SEVENTEEN_TYPES,),
    about="""
        Customers who answered a satisfaction survey (CSAT) dissatisfied and whose next answer to one within 90 days is
        satisfied, among the dissatisfied whose 90 days are over; one customer counts once in 90 days. Most never answer
        again, so the variant `of_answered` looks at those who did. Part of any recovery is chance: after a bad answer a
        better one is likely.
        """,
    gamed_by="Gift cards before the next survey.",
)

NEGATIVE_REVIEW_RATE = Metric(
    key="negative_review_rate",
    name="Negative reviews of the dissatisfied",
    asks="How many dissatisfied customers complain in public?",
    group=Group.QUALITY,
    unit=Unit.SHARE,
    better=Better.LOWER,
    formula=Share(
        dataset="dissatisfied",
        at="responded_day",
        of="is_first",
        hits="reviewed",
        pending="review_open",
        left_out={"dissatisfied again within 90 days": "NOT is_first"},
        window_days=30,
    ),
    aims=(Aim.QUALITY, Aim.RETENTION),
    counts="dissatisfied customers",
    watch_with=("review_rating",),
    sources=(SERVICE_GOALS,),
    about="""
        Customers dissatisfied in a satisfaction survey (CSAT) who leave a public review of at most two of five stars
        within 30 days, among those whose 30 days are over. Reviews of writers who cannot be told to be customers do not
        count.
        """,
    gamed_by="Asking unhappy customers not to write.",
)

LOOP_CLOSED = Metric(
    key="loop_closed",
    name="Loop closed",
    asks="How many dissatisfied customers do we speak to within two working days?",
    group=Group.QUALITY,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=Share(dataset="dissatisfied", at="responded_day", hits="contacted", pending="contact_open", window_days=4),
    aims=(Aim.QUALITY,),
    counts="dissatisfied answers",
    watch_with=("recovery_rate",),
    sources=(ELEVEN_METRICS,),
    about="""
        Dissatisfied answers to satisfaction surveys (CSAT) after which the company spoke to the customer by the end of
        the second working day: a recorded touch, a call or chat in either direction that was answered, or a public
        reply on the ticket; bots do not count. A call out of which it is not told how it ended counts. Working days are
        those of the first schedule.
        """,
    gamed_by="Ticking the call off without making it.",
)

REVIEW_RATING = Metric(
    key="review_rating",
    name="Public rating",
    asks="How many stars do customers give in public?",
    group=Group.QUALITY,
    unit=Unit.SCORE,
    better=Better.HIGHER,
    formula=Mean(dataset="reviews", at="published_day", value="stars"),
    aims=(Aim.QUALITY,),
    bounds=(0, 5),
    counts="reviews",
    watch_with=("low_review_share", "review_volume"),
    sources=(TEN_OBJECTIVES, SEVENTEEN_TYPES),
    about="The mean of the stars of public reviews, of five; sites with another scale are left out.",
    gamed_by="Asking only happy customers for a review.",
)

LOW_REVIEW_SHARE = Metric(
    key="low_review_share",
    name="Low reviews",
    asks="How many public reviews have at most two stars?",
    group=Group.QUALITY,
    unit=Unit.SHARE,
    better=Better.LOWER,
    formula=Share(dataset="reviews", at="published_day", hits="is_low"),
    aims=(Aim.QUALITY,),
    counts="reviews",
    watch_with=("review_volume",),
    sources=(TEN_OBJECTIVES,),
    about="Public reviews of at most two of five stars among all public reviews.",
    gamed_by="Asking only happy customers for a review.",
)

REVIEW_VOLUME = Metric(
    key="review_volume",
    name="Public reviews a day",
    asks="How many public reviews come in a day?",
    group=Group.QUALITY,
    unit=Unit.RATE,
    better=Better.NEITHER,
    formula=Rate(dataset="reviews", at="published_day"),
    counts="reviews",
    sources=(TEN_OBJECTIVES,),
    about="Public reviews published, a day of the period; beside the rating, for a few reviews say little.",
)

_TOPICS = ("topic", "topic_detail")
THEME_SHARE = Metric(
    key="theme_share",
    name="Share of a topic",
    asks="What are tickets about?",
    group=Group.QUALITY,
    unit=Unit.SHARE,
    better=Better.NEITHER,
    formula=Part(dataset="tickets", at="created_day", splits=_TOPICS),
    variants={"detail": Part(dataset="tickets", at="created_day", of="topic_detail IS NOT NULL", splits=_TOPICS)},
    counts="tickets",
    sources=(TEN_OBJECTIVES,),
    about="""
        The tickets of a split, such as a topic, among all tickets of the period: ask it by topic or by topic_detail.
        Without a split it is the whole. A goal names its topic as its segment.
        """,
)

COMMENT_RATE = Metric(
    key="comment_rate",
    name="Feedback in words",
    asks="How many answers come with words?",
    group=Group.QUALITY,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=Share(dataset="answers", at="responded_day", among="kind NOT IN ('enps', 'esat')", hits="has_comment"),
    counts="answers",
    watch_with=("survey_response_rate",),
    sources=(TEN_OBJECTIVES,),
    about="Answers of customers with a comment among all their answers; by survey it shows which way of asking works.",
    gamed_by="Making the comment compulsory.",
)

IDEAS_ADOPTED = Metric(
    key="ideas_adopted",
    name="Customer ideas used",
    asks="How many ideas of customers are carried out?",
    group=Group.QUALITY,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=Share(dataset="ideas", at="recorded_day", hits="adopted_in_time", pending="is_open", window_days=IDEA_DAYS),
    variants={
        "ever": Share(dataset="ideas", at="recorded_day", hits="adopted"),
        "of_decided": Share(dataset="ideas", at="recorded_day", of="decided", hits="adopted"),
    },
    counts="ideas",
    watch_with=("comment_rate",),
    sources=(SEVENTEEN_TYPES,),
    about="""
        Ideas of customers that were done within 90 days, among those recorded in the period, undecided ones included;
        an idea whose 90 days are not over is pending. Where it is not known when it was done, it counts as in time.
        The variants have no window, so their recent periods change still: `ever` counts whatever was done, and
        `of_decided` divides that by those done or declined.
        """,
    gamed_by="Recording only ideas that are planned already.",
)

QA_SCORE = Metric(
    key="qa_score",
    name="Quality review",
    asks="How good is the work by our own rubric?",
    group=Group.QUALITY,
    unit=Unit.SCORE,
    better=Better.HIGHER,
    formula=Mean(dataset="qa", at="reviewed_day", value="points"),
    aims=(Aim.QUALITY,),
    bounds=(0, 100),
    counts="judgements",
    watch_with=("csat", "qa_agreement"),
    sources=(SERVICE_GOALS,),
    about="""
        The mean of the points of reviewers for tickets drawn at random, of 100 possible. Tickets picked by hand are
        left out: they speak for themselves only.
        """,
    gamed_by="Picking the tickets.",
)

QA_AGREEMENT = Metric(
    key="qa_agreement",
    name="Reviewers' agreement",
    asks="Do two reviewers judge the same work alike?",
    group=Group.QUALITY,
    unit=Unit.RATIO,
    better=Better.HIGHER,
    formula=Agreement(dataset="qa_pairs", at="reviewed_day", first="first_band", second="second_band"),
    aims=(Aim.QUALITY,),
    bounds=(-1, 1),
    counts="work judged twice",
    watch_with=("qa_score",),
    sources=(SERVICE_GOALS,),
    about="""
        Cohen's kappa of two reviewers of the same ticket and rubric, over fifths of the points: 1 is full agreement, 0
        what chance alone would give. Below 0.6 the score says as much about the reviewer as about the work.
        """,
    gamed_by="Letting the second reviewer see the first judgement.",
)

VOICE = (
    EFFORT_SCORE,
    EASY_SHARE,
    RECOVERY_RATE,
    LOOP_CLOSED,
    NEGATIVE_REVIEW_RATE,
    REVIEW_RATING,
    LOW_REVIEW_SHARE,
    REVIEW_VOLUME,
    THEME_SHARE,
    COMMENT_RATE,
    IDEAS_ADOPTED,
    QA_SCORE,
    QA_AGREEMENT,
)
