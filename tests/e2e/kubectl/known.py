"""What a kubectl cannot be asked, and what the server cannot do yet."""

# The first minor version of kubectl that has what the behaviour uses.
NEEDS = {
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
    "BadInputTest.test_kind_that_is_not_there": "/openapi/v2",
    "BadInputTest.test_version_that_is_not_there": "/openapi/v2",
    "CreateTest.test_a_list": "/openapi/v2, which kubectl asks for kinds that v3 does not have",
    "CustomTest.test_api_resources": "definitions that can be read and made",
    "CustomTest.test_apply": "definitions that can be read and made",
    "CustomTest.test_create_with_defaults": "definitions that can be read and made",
    "CustomTest.test_delete": "definitions that can be read and made",
    "CustomTest.test_edit": "definitions that can be read and made",
    "CustomTest.test_explain": "definitions that can be read and made",
    "CustomTest.test_in_all": "definitions that can be read and made",
    "CustomTest.test_scale": "definitions that can be read and made",
    "CustomTest.test_scale_as_a_document": "definitions that can be read and made",
    "CustomTest.test_scale_beyond_the_schema": "definitions that can be read and made",
    "CustomTest.test_scale_from_a_known_number": "definitions that can be read and made",
    "CustomTest.test_scale_from_another_number": "definitions that can be read and made",
    "CustomTest.test_scale_of_several": "definitions that can be read and made",
    "CustomTest.test_selectable_field": "definitions that can be read and made",
    "CustomTest.test_server_side_apply": "definitions that can be read and made",
    "CustomTest.test_status": "definitions that can be read and made",
    "CustomTest.test_table": "definitions that can be read and made",
    "CustomTest.test_unknown_fields": "definitions that can be read and made",
    "CustomTest.test_validation": "definitions that can be read and made",
    "CustomTest.test_watch": "definitions that can be read and made",
    "DefinitionTest.test_a_changed_schema_counts_at_once": "definitions that can be read and made",
    "DefinitionTest.test_from_definition_to_object_to_nothing": "definitions that can be read and made",
    "DefinitionTest.test_its_name_must_say_plural_and_group": "definitions that can be read and made",
    "DefinitionTest.test_its_schema_must_be_structural": "definitions that can be read and made",
    "DefinitionTest.test_ours_are_established": "definitions that can be read and made",
    "DefinitionTest.test_ours_are_there": "definitions that can be read and made",
    "DefinitionTest.test_ours_cannot_be_changed": "definitions that can be read and made",
    "DefinitionTest.test_ours_cannot_be_deleted": "definitions that can be read and made",
    "DiscoveryTest.test_cluster_info": "v1 Service, an empty list",
    "EditTest.test_several": "/openapi/v2, for the List",
    "EventsTest.test_newer_group": "events.k8s.io",
    "IdentityTest.test_service_account_and_its_token": "service accounts and their tokens",
    "IdentityTest.test_service_account_goes_with_its_tokens": "service accounts and their tokens",
    "IdentityTest.test_token_for_a_time": "service accounts and their tokens",
    "IdentityTest.test_token_of_nobody": "service accounts and their tokens",
}
