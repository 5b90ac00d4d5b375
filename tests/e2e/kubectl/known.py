"""What a kubectl cannot be asked, and what the server cannot do yet."""

# The first minor version of kubectl that has what the behaviour uses.
NEEDS = {
    "DiffTest.test_secrets_are_masked": 21,
    "ExplainTest.test_enum_is_shown": 22,
    "FieldsTest.test_from_the_client_s_apply": 26,  # before, the old manager stays
    "LabelTest.test_dry_run": 21,  # says nothing of it
    "DiscoveryTest.test_api_resources_by_category": 24,  # --categories
    "DiscoveryTest.test_completion_of_kinds": 22,
    "DiscoveryTest.test_completion_of_names": 22,
    "EditTest.test_status": 24,  # --subresource
    "EventsTest.test_events": 26,  # the command
    "EventsTest.test_events_of_a_type": 26,
    "EventsTest.test_events_of_one": 26,
    "FieldsTest.test_status_has_an_owner_of_its_own": 24,
    "FieldsTest.test_unknown_field_without_a_check": 25,  # asks the server all the same
    "GetTest.test_managed_fields_are_hidden": 21,
    "GetTest.test_managed_fields_are_shown_when_asked_for": 21,  # --show-managed-fields
    "GetTest.test_status_subresource": 24,
    "IdentityTest.test_service_account_and_its_token": 27,  # create token, auth whoami
    "IdentityTest.test_service_account_goes_with_its_tokens": 24,
    "IdentityTest.test_token_for_a_time": 24,
    "IdentityTest.test_token_of_nobody": 24,
    "IdentityTest.test_whoami": 27,
    "PatchTest.test_from_a_file": 22,  # --patch-file
    "PatchTest.test_status": 24,
    "PatchTest.test_strategic_is_refused_for_custom_kinds": 21,  # its own words for it
    "PruneTest.test_applyset": 27,
    "ReplaceTest.test_status": 24,
    "CustomTest.test_scale_as_a_document": 24,
    "CustomTest.test_status": 24,
    "ValidationTest.test_ignore": 25,  # --validate=ignore
    "ValidationTest.test_strict_names_all_fields": 25,
    "ValidationTest.test_warn": 25,  # --validate=warn
    "WaitTest.test_creation": 31,
    "WaitTest.test_deletion": 22,  # before, what is gone already was an error
    "WaitTest.test_deletion_of_what_is_not_there": 22,
    "WaitTest.test_jsonpath": 23,
}

# Behaviours that fail today, with what they wait for.  One that passes fails the run:
# this list must be empty when a release is made.
PENDING = {
    "DiscoveryTest.test_cluster_info": "v1 Service, an empty list",
}
