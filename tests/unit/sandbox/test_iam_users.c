#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "iam-calls.h"

/* Users, groups, and what may be done to whom. */

static void test_a_user_is_as_it_was_made(void **state)
{
	(void)state;
	ok("CreateUser", "{\"UserName\":\"hanako\",\"Path\":\"/pos/\",\"Tags\":[{\"Key\":\"team\","
			 "\"Value\":\"pos\"}]}");
	assert_true(is(at("User", "Arn"), "arn:aws:iam::111111111111:user/pos/hanako"));
	assert_int_equal(val_str(at("User", "UserId")).n, 21);
	assert_true(str_startsz(val_str(at("User", "UserId")), "AIDA"));
	ok("GetUser", "{\"UserName\":\"HANAKO\"}");
	assert_true(is(at("User", "UserName"), "hanako"));
	assert_true(is(val_get(val_at(at("User", "Tags"), 0), "Value"), "pos"));
	assert_int_equal(val_i64(at("User", "CreateDate"), 0) % 1000, 0);
	assert_null(at("User", "PasswordLastUsed"));
	assert_null(at("User", "PermissionsBoundary"));
	/* Listings tell less. */
	ok("ListUsers", "{\"PathPrefix\":\"/pos/\"}");
	assert_int_equal(val_count(at("Users")), 1);
	assert_null(val_get(val_at(at("Users"), 0), "Tags"));
}

static void test_names_ignore_case(void **state)
{
	(void)state;
	ok("CreateUser", "{\"UserName\":\"hanako\"}");
	refused("CreateUser", "{\"UserName\":\"Hanako\"}", 409, "EntityAlreadyExists",
		"User with name Hanako already exists.");
	refused("GetUser", "{\"UserName\":\"taro\"}", 404, "NoSuchEntity",
		"The user with name taro cannot be found.");
	refused("CreateUser", "{\"UserName\":\"a b\"}", 400, "ValidationError", NULL);
	/* The same user may change the case of its name. */
	ok("UpdateUser", "{\"UserName\":\"hanako\",\"NewUserName\":\"Hanako\"}");
	ok("CreateUser", "{\"UserName\":\"taro\"}");
	refused("UpdateUser", "{\"UserName\":\"taro\",\"NewUserName\":\"hanako\"}", 409,
		"EntityAlreadyExists", "User with name hanako already exists.");
}

static void test_listings_are_sorted_and_paged(void **state)
{
	(void)state;
	for (int i = 0; i < 130; i++)
		ok("CreateUser", J("{\"UserName\":\"u%03d\"}", (i * 37) % 130));
	ok("ListUsers", "{}");
	assert_int_equal(val_count(at("Users")), 100);
	assert_true(val_true(at("IsTruncated")));
	struct str marker = val_str(at("Marker")), last = STR(""), name;
	VAL_EACH(v, at("Users"))
	{
		name = val_get_str(v, "UserName");
		assert_true(str_cmp(last, name) < 0);
		last = name;
	}
	ok("ListUsers", J("{\"Marker\":\"%.*s\"}", STR_ARG(marker)));
	assert_true(str_cmp(last, val_get_str(val_at(at("Users"), 0), "UserName")) < 0);
	assert_false(val_true(at("IsTruncated")));
	assert_null(at("Marker"));
	refused("ListUsers", "{\"Marker\":\"abc\"}", 400, "ValidationError", "Invalid Marker.");
	/* A marker is of its own listing. */
	refused("ListUsers", J("{\"Marker\":\"%.*s\",\"PathPrefix\":\"/a\"}", STR_ARG(marker)), 400,
		"ValidationError", NULL);
	ok("ListUsers", "{\"MaxItems\":3}");
	assert_int_equal(val_count(at("Users")), 3);
	refused("ListUsers", "{\"MaxItems\":1001}", 400, "ValidationError", NULL);
}

/* Each thing that stands in the way of deleting is named; without them it goes. */
static void test_a_user_is_deleted_last(void **state)
{
	static const struct {
		const char *op, *json, *message, *undo, *undo_json;
	} ways[] = {
		{"AddUserToGroup", "{\"GroupName\":\"g\",\"UserName\":\"u\"}",
		 "Cannot delete entity, must remove users from group first.", "RemoveUserFromGroup",
		 "{\"GroupName\":\"g\",\"UserName\":\"u\"}"},
		{"AttachUserPolicy",
		 "{\"UserName\":\"u\",\"PolicyArn\":\"arn:aws:iam::aws:policy/ReadOnlyAccess\"}",
		 "Cannot delete entity, must detach all policies first.", "DetachUserPolicy",
		 "{\"UserName\":\"u\",\"PolicyArn\":\"arn:aws:iam::aws:policy/ReadOnlyAccess\"}"},
		{"PutUserPolicy",
		 "{\"UserName\":\"u\",\"PolicyName\":\"p\",\"PolicyDocument\":\"" DOCUMENT(
			 "Allow", "s3:*") "\"}",
		 "Cannot delete entity, must delete policies first.", "DeleteUserPolicy",
		 "{\"UserName\":\"u\",\"PolicyName\":\"p\"}"},
		{"CreateLoginProfile", "{\"UserName\":\"u\",\"Password\":\"Long-Enough-1\"}",
		 "Cannot delete entity, must delete login profile first.", "DeleteLoginProfile",
		 "{\"UserName\":\"u\"}"},
		{"EnableMFADevice",
		 "{\"UserName\":\"u\",\"SerialNumber\":\"GAHT12345678\",\"AuthenticationCode1\":"
		 "\"123456\",\"AuthenticationCode2\":\"234567\"}",
		 "Cannot delete entity, must delete MFA device first.", "DeactivateMFADevice",
		 "{\"UserName\":\"u\",\"SerialNumber\":\"GAHT12345678\"}"},
	};

	(void)state;
	ok("CreateUser", "{\"UserName\":\"u\"}");
	ok("CreateGroup", "{\"GroupName\":\"g\"}");
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		ok(ways[i].op, ways[i].json);
		refused("DeleteUser", "{\"UserName\":\"u\"}", 409, "DeleteConflict",
			ways[i].message);
		ok(ways[i].undo, ways[i].undo_json);
	}
	ok("CreateAccessKey", "{\"UserName\":\"u\"}");
	struct str key = val_str(at("AccessKey", "AccessKeyId"));
	refused("DeleteUser", "{\"UserName\":\"u\"}", 409, "DeleteConflict",
		"Cannot delete entity, must delete access keys first.");
	ok("DeleteAccessKey", J("{\"UserName\":\"u\",\"AccessKeyId\":\"%.*s\"}", STR_ARG(key)));
	ok("DeleteUser", "{\"UserName\":\"u\"}");
	refused("GetUser", "{\"UserName\":\"u\"}", 404, "NoSuchEntity", NULL);
}

static void test_a_renamed_user_stays_itself(void **state)
{
	struct str key;

	(void)state;
	key = new_user("old", DOCUMENT("Allow", "iam:GetUser"));
	ok_as(key, "GetUser", "{}");
	struct str id = val_str(at("User", "UserId"));
	ok("UpdateUser", "{\"UserName\":\"old\",\"NewUserName\":\"new\",\"NewPath\":\"/x/\"}");
	ok_as(key, "GetUser", "{}");
	assert_true(is(at("User", "Arn"), "arn:aws:iam::111111111111:user/x/new"));
	assert_true(str_eq(val_str(at("User", "UserId")), id));
	refused("GetUser", "{\"UserName\":\"old\"}", 404, "NoSuchEntity", NULL);
}

static void test_root_has_no_name(void **state)
{
	(void)state;
	fx_enable(&f);
	assert_true(fx_assume_root(&f, f.admin, "333333333333", "IAMAuditRootUserCredentials"));
	struct fx_creds root = fx_session(&f);
	ok_as(root.key, "GetUser", "{}");
	assert_true(is(at("User", "Arn"), "arn:aws:iam::333333333333:root"));
	assert_true(is(at("User", "UserId"), "333333333333"));
	assert_null(at("User", "UserName"));
	assert_null(at("User", "Path"));
	/* It audits root alone. */
	refused_as(root.key, "GetUser", "{\"UserName\":\"administrator\"}", 403, "AccessDenied",
		   NULL);
	refused_as(root.key, "ListUsers", "{}", 403, "AccessDenied", NULL);
}

/* ---- groups ---- */

static void test_groups_have_members(void **state)
{
	(void)state;
	ok("CreateUser", "{\"UserName\":\"a\"}");
	ok("CreateGroup", "{\"GroupName\":\"g\",\"Path\":\"/team/\"}");
	assert_true(is(at("Group", "Arn"), "arn:aws:iam::111111111111:group/team/g"));
	assert_true(str_startsz(val_str(at("Group", "GroupId")), "AGPA"));
	refused("CreateGroup", "{\"GroupName\":\"G\"}", 409, "EntityAlreadyExists",
		"Group with name G already exists.");
	ok("AddUserToGroup", "{\"GroupName\":\"g\",\"UserName\":\"a\"}");
	ok("AddUserToGroup", "{\"GroupName\":\"g\",\"UserName\":\"a\"}"); /* once is enough */
	ok("GetGroup", "{\"GroupName\":\"g\"}");
	assert_int_equal(val_count(at("Users")), 1);
	ok("ListGroupsForUser", "{\"UserName\":\"a\"}");
	assert_true(row("Groups", "GroupName", "g") != NULL);
	refused("DeleteGroup", "{\"GroupName\":\"g\"}", 409, "DeleteConflict",
		"Cannot delete entity, must remove users from group first.");
	refused("AddUserToGroup", "{\"GroupName\":\"none\",\"UserName\":\"a\"}", 404,
		"NoSuchEntity", "The group with name none cannot be found.");
	ok("UpdateGroup", "{\"GroupName\":\"g\",\"NewGroupName\":\"h\"}");
	ok("RemoveUserFromGroup", "{\"GroupName\":\"h\",\"UserName\":\"a\"}");
	refused("RemoveUserFromGroup", "{\"GroupName\":\"h\",\"UserName\":\"a\"}", 404,
		"NoSuchEntity", NULL);
	ok("DeleteGroup", "{\"GroupName\":\"h\"}");
	ok("ListGroups", "{}");
	assert_null(row("Groups", "GroupName", "h"));
}

static void test_ten_groups_are_enough(void **state)
{
	(void)state;
	ok("CreateUser", "{\"UserName\":\"a\"}");
	for (int i = 0; i < 11; i++)
		ok("CreateGroup", J("{\"GroupName\":\"g%d\"}", i));
	for (int i = 0; i < 10; i++)
		ok("AddUserToGroup", J("{\"GroupName\":\"g%d\",\"UserName\":\"a\"}", i));
	refused("AddUserToGroup", "{\"GroupName\":\"g10\",\"UserName\":\"a\"}", 409,
		"LimitExceeded", "Cannot exceed quota for GroupsPerUser: 10");
}

/* What a group allows, its members may; and no longer when they have left. */
static void test_membership_is_permission(void **state)
{
	struct str key;

	(void)state;
	key = new_user("a", DOCUMENT("Allow", "s3:*"));
	refused_as(key, "ListUsers", "{}", 403, "AccessDenied", NULL);
	ok("CreateGroup", "{\"GroupName\":\"g\"}");
	ok("PutGroupPolicy",
	   "{\"GroupName\":\"g\",\"PolicyName\":\"p\",\"PolicyDocument\":\"" DOCUMENT(
		   "Allow", "iam:List*") "\"}");
	ok("AddUserToGroup", "{\"GroupName\":\"g\",\"UserName\":\"a\"}");
	ok_as(key, "ListUsers", "{}");
	ok("RemoveUserFromGroup", "{\"GroupName\":\"g\",\"UserName\":\"a\"}");
	refused_as(key, "ListUsers", "{}", 403, "AccessDenied", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SMALL(test_a_user_is_as_it_was_made),
		WITH_SMALL(test_names_ignore_case),
		WITH_SMALL(test_listings_are_sorted_and_paged),
		WITH_SMALL(test_a_user_is_deleted_last),
		WITH_SMALL(test_a_renamed_user_stays_itself),
		WITH_SMALL(test_root_has_no_name),
		WITH_SMALL(test_groups_have_members),
		WITH_SMALL(test_ten_groups_are_enough),
		WITH_SMALL(test_membership_is_permission),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
