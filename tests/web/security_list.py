"""The security list of the design, line by line, each with the tests that hold it: `file::test`, below `tests`."""

from __future__ import annotations

HELD: dict[str, tuple[str, ...]] = {
    # What went wrong elsewhere
    "no set-up without a session": (
        "web/test_doors.py::test_the_first_owner_comes_by_the_link_alone",
        "web/test_security_list.py::test_what_is_open_to_everybody",
    ),
    "no known secret": ("web/test_security.py::test_a_short_key_is_refused",),
    "forged ID tokens": (
        "web/test_single_sign_on.py::test_a_forged_token_is_refused",
        "web/test_single_sign_on.py::test_a_token_for_something_else_is_refused",
    ),
    "ranges, bodies, hosts, versions": (
        "web/test_security_list.py::test_many_ranges_cost_no_more_than_the_file",
        "web/test_security_list.py::test_the_versions_that_mended_their_holes_are_asked_for",
        "web/test_security.py::test_too_much_is_refused_before_it_is_read",
        "web/test_security.py::test_another_name_is_not_answered_to",
    ),
    "requests to our own network": (
        "web/test_outgoing.py::test_no_address_of_our_own_network_is_asked",
        "web/test_outgoing.py::test_a_name_that_changes_its_address_leads_nowhere_else",
        "web/test_outgoing.py::test_only_https_is_asked",
    ),
    "ids that are somebody else's or nobody's": (
        "web/test_security_list.py::test_an_id_that_is_not_there_is_not_found",
        "web/settings/test_own.py::test_nobody_elses_token_is_shown_or_revoked",
        "web/settings/test_own.py::test_nobody_elses_session_is_ended",
    ),
    "no sign-in by a header": (
        "web/test_doors.py::test_the_link_of_a_run_lets_nobody_in",
        "web/test_doors.py::test_https_and_whose_request_it_is_are_believed_of_the_proxy_alone",
    ),
    "no token in a log": (
        "web/test_doors.py::test_no_secret_is_kept_or_logged",
        "web/test_single_sign_on.py::test_nothing_secret_is_logged",
    ),
    "nothing kept in the browser, nothing read by other sites": (
        "web/test_doors.py::test_no_other_site_may_read",
        "web/test_security_list.py::test_no_answer_lets_another_site_read",
    ),
    # Sessions
    "the id changes at sign-in, a fixed one is refused": (
        "web/test_doors.py::test_every_sign_in_has_an_id_of_its_own_and_ends_the_one_before",
    ),
    "the old id is dead after sign-out, a new password, another role": (
        "web/test_doors.py::test_signed_out_the_id_is_dead", "state/test_people.py::test_a_change_ends_sessions",
        "web/settings/test_own.py::test_a_new_password_ends_all_sessions_but_this_one",
    ),
    "idle and whole time": (
        "state/test_people.py::test_a_session_ends_idle_and_after_its_whole_time",
        "web/test_doors.py::test_an_expired_session_is_told_and_nothing_is_lost",
    ),
    "flags of the cookie": (
        "web/test_doors.py::test_the_cookie_is_for_us_alone",
        "web/test_doors.py::test_over_https_the_cookie_never_goes_in_the_clear",
        "web/test_single_sign_on.py::test_the_cookie_of_the_way_is_for_us_alone_and_short",
    ),
    # Sign-in
    "the same answer in the same time for nobody": (
        "web/test_doors.py::test_the_same_answer_for_a_wrong_password_and_for_nobody",
        "state/test_people.py::test_nobody_learns_who_is_here_from_how_long_it_takes",
    ),
    "slowed and never locked out": (
        "web/test_doors.py::test_guessing_is_slowed_and_nobody_is_locked_out",
        "web/test_security_list.py::test_one_place_may_not_try_without_end",
        "web/test_security_list.py::test_links_may_not_be_guessed_without_end",
        "web/test_single_sign_on.py::test_it_may_not_be_tried_without_end",
        "state/test_people.py::test_a_limit_fills_again",
    ),
    "a link for a password: once, 30 minutes, ends sessions": (
        "state/test_people.py::test_a_link_is_for_once_and_for_a_while",
        "web/test_doors.py::test_a_password_is_chosen_by_a_link_once",
    ),
    "no password beside single sign-on": ("web/test_single_sign_on.py::test_who_has_single_sign_on_has_no_password",),
    "how a password is kept follows at sign-in": ("state/test_people.py::test_sign_in",),
    # Access
    "every route says what it needs": (
        "web/test_access.py::test_a_route_without_a_permission_is_refused_at_start",
        "web/test_access.py::test_each_role_may_do_what_its_role_may_on_every_route",
    ),
    "roles and routes": (
        "web/test_security_list.py::test_what_each_role_may",
        "web/test_doors.py::test_every_page_for_every_role",
    ),
    "teams, and agents see no single people": (
        "web/test_doors.py::test_numbers_of_people_and_of_other_teams",
        "web/settings/test_trail.py::test_each_look_at_one_agents_numbers",
    ),
    "scopes of tokens": (
        "web/test_api_work.py::test_scopes",
        "web/test_doors.py::test_a_token_counts_alone_and_does_what_it_was_made_for",
        "web/settings/test_own.py::test_a_token_makes_no_token_and_sees_no_session",
    ),
    "nothing but its fields": (
        "web/test_api_work.py::test_nothing_but_its_fields_is_taken",
        "web/test_api_work.py::test_what_is_sent_beside_it_is_looked_at",
    ),
    # Input
    "limits of bodies, fields and files": (
        "web/test_bad_input.py::test_fields_have_limits",
        "web/test_bad_input.py::test_a_file_that_is_too_big_is_refused_before_it_is_read",
        "web/test_api_work.py::test_a_load_has_limits",
    ),
    "bombs, a million columns, NUL, marks, mixed encodings": (
        "web/test_bad_input.py::test_wrong_files_are_told",
        "connectors/files/test_unpack.py::test_a_bomb_is_refused_while_it_unpacks",
        "connectors/files/test_dialect.py::test_a_million_columns_are_refused_quickly",
    ),
    "SQL reads nothing but columns": (
        "web/test_security.py::test_a_condition_reads_nothing_but_columns",
        "hostile/test_mappings.py::test_an_expression_that_is_not_one_over_a_row_is_refused_with_its_line",
    ),
    "templates and markup stay text": (
        "web/test_hostile.py::test_text_stays_text_on_every_page",
        "web/test_hostile.py::test_no_page_runs_what_stands_in_it",
        "web/test_security_list.py::test_what_is_typed_stays_text",
    ),
    # Output
    "the policy on every answer": (
        "web/test_security.py::test_every_answer_has_the_headers",
        "web/test_security.py::test_a_failure_tells_no_trace_and_logs_no_question",
    ),
    "nothing inline": (
        "web/test_walk.py::test_templates_have_nothing_inline", "web/test_walk.py::test_each_page_is_sound",
    ),
    "no formula in a file": ("web/test_hostile.py::test_no_cell_of_a_file_is_a_formula",),
    "names of files": (
        "web/test_upload.py::test_a_name_leads_nowhere", "web/test_security_list.py::test_names_of_files_taken_away",
    ),
    # Forms of other sites
    "cross-site, null origin, missing headers": (
        "web/test_security.py::test_another_site_cannot_send_anything",
        "web/test_security_list.py::test_no_route_takes_what_another_site_sends",
    ),
    "looking changes nothing": (
        "web/test_walk.py::test_looking_changes_nothing", "web/test_doors.py::test_looking_writes_nothing",
    ),
    # Secrets
    "secrets are random, compared in constant time, kept as digests": (
        "web/test_security_list.py::test_secrets_come_from_where_nobody_guesses_them",
        "web/test_doors.py::test_no_secret_is_kept_or_logged",
    ),
    # The record
    "the chain holds, a change is found": (
        "state/test_audit.py::test_a_change_is_found", "state/test_audit.py::test_any_change_of_any_column_is_found",
        "state/test_audit.py::test_the_database_itself_refuses_a_change",
    ),
    # Configuration and supply
    "no debugging, this machine alone": ("web/test_security_list.py::test_it_is_served_to_this_machine_alone",),
    "doctor tells findings": (
        "reports/test_doctor.py::test_a_healthy_desk", "reports/test_doctor.py::test_rows_held_back_and_loose_ends",
    ),
    "pinned by hash, vendored files as they were": (
        "web/test_security_list.py::test_every_package_is_pinned_by_hash",
        "web/test_walk.py::test_what_comes_from_elsewhere_is_what_it_was",
    ),
}  # fmt: skip
"""By line of the list. Survey pages do not exist yet; a workspace has a server of its own, so none sees another's."""
