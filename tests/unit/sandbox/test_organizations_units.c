#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fixture.h"
#include "organizations-calls.h"

static void test_read_the_tree(void **state)
{
	const char *workloads = unit_id("Workloads"), *production = unit_id("Production");
	const char *org = arena_dupz(f.a, sandbox_world(f.s)->org->id);

	(void)state;
	ok("ListRoots", "{}");
	assert_int_equal(val_count(at("Roots")), 1);
	const struct val *root = val_at(at("Roots"), 0);
	assert_true(is(val_get(root, "Id"), root_id()));
	assert_true(is(val_get(root, "Name"), "Root"));
	const struct val *type = val_at(val_get(root, "PolicyTypes"), 0);
	assert_true(is(val_get(type, "Type"), "SERVICE_CONTROL_POLICY"));
	assert_true(is(val_get(type, "Status"), "ENABLED"));

	ok("ListOrganizationalUnitsForParent", J("{\"ParentId\":\"%s\"}", root_id()));
	assert_int_equal(val_count(at("OrganizationalUnits")), 2);
	assert_true(is(val_get(val_at(at("OrganizationalUnits"), 0), "Name"), "Workloads"));

	ok("DescribeOrganizationalUnit", J("{\"OrganizationalUnitId\":\"%s\"}", production));
	assert_true(is(at("OrganizationalUnit", "Name"), "Production"));
	assert_true(is(at("OrganizationalUnit", "Path"),
		       J("%s/%s/%s/%s/", org, root_id(), workloads, production)));
	assert_true(is(at("OrganizationalUnit", "Arn"),
		       J("arn:aws:organizations::111111111111:ou/%s/%s", org, production)));
}

static void test_parents_and_children(void **state)
{
	(void)state;
	ok("ListParents", "{\"ChildId\":\"333333333333\"}");
	assert_true(is(val_get(val_at(at("Parents"), 0), "Id"), unit_id("Production")));
	assert_true(is(val_get(val_at(at("Parents"), 0), "Type"), "ORGANIZATIONAL_UNIT"));
	ok("ListParents", J("{\"ChildId\":\"%s\"}", unit_id("Workloads")));
	assert_true(is(val_get(val_at(at("Parents"), 0), "Type"), "ROOT"));
	refused("ListParents", "{\"ChildId\":\"999999999999\"}", "ChildNotFoundException", NULL);

	ok("ListChildren", J("{\"ParentId\":\"%s\",\"ChildType\":\"ACCOUNT\"}", root_id()));
	assert_int_equal(val_count(at("Children")), 2);
	assert_true(is(val_get(val_at(at("Children"), 0), "Id"), "111111111111"));
	ok("ListChildren",
	   J("{\"ParentId\":\"%s\",\"ChildType\":\"ORGANIZATIONAL_UNIT\"}", root_id()));
	assert_int_equal(val_count(at("Children")), 2);
	refused("ListChildren", J("{\"ParentId\":\"%s\",\"ChildType\":\"BLEE\"}", root_id()),
		"InvalidInputException", "INVALID_ENUM:CHILD_TYPE");
	assert_true(str_eqz(f.fault.message, "You specified an invalid value."));
	refused("ListChildren", "{\"ParentId\":\"r-none\",\"ChildType\":\"ACCOUNT\"}",
		"ParentNotFoundException", NULL);
	refused("ListOrganizationalUnitsForParent", "{\"ParentId\":\"r-none\"}",
		"ParentNotFoundException", NULL);
	refused("ListAccountsForParent", "{\"ParentId\":\"ou-none-12345678\"}",
		"ParentNotFoundException", NULL);
}

static void test_create_and_delete(void **state)
{
	const char *json = J("{\"ParentId\":\"%s\",\"Name\":\"New\",\"Tags\":[{\"Key\":\"k\","
			     "\"Value\":\"v\"}]}",
			     root_id());

	(void)state;
	ok("CreateOrganizationalUnit", json);
	const char *id = arena_dupz(f.a, val_str(at("OrganizationalUnit", "Id")));
	assert_true(str_startsz(str_of(id), J("ou-%s-", root_id() + 2)));
	refused("CreateOrganizationalUnit", json, "DuplicateOrganizationalUnitException", NULL);
	assert_true(str_eqz(f.fault.message, "An OU with the same name already exists."));
	ok("ListTagsForResource", J("{\"ResourceId\":\"%s\"}", id));
	assert_int_equal(val_count(at("Tags")), 1);
	/* It inherits and has what every target has. */
	ok("ListPoliciesForTarget",
	   J("{\"TargetId\":\"%s\",\"Filter\":\"SERVICE_CONTROL_POLICY\"}", id));
	assert_true(is(val_get(val_at(at("Policies"), 0), "Id"), "p-FullAWSAccess"));

	refused("DeleteOrganizationalUnit",
		J("{\"OrganizationalUnitId\":\"%s\"}", unit_id("Workloads")),
		"OrganizationalUnitNotEmptyException", NULL);
	refused("DeleteOrganizationalUnit",
		J("{\"OrganizationalUnitId\":\"%s\"}", unit_id("Production")),
		"OrganizationalUnitNotEmptyException", NULL);
	ok("DeleteOrganizationalUnit", J("{\"OrganizationalUnitId\":\"%s\"}", id));
	refused("DescribeOrganizationalUnit", J("{\"OrganizationalUnitId\":\"%s\"}", id),
		"OrganizationalUnitNotFoundException", NULL);
	assert_true(str_eqz(f.fault.message,
			    "You specified an organizational unit that doesn't exist."));
	ok("ListOrganizationalUnitsForParent", J("{\"ParentId\":\"%s\"}", root_id()));
	assert_int_equal(val_count(at("OrganizationalUnits")), 2);
	/* The name is free again, the tags are not inherited. */
	ok("CreateOrganizationalUnit", J("{\"ParentId\":\"%s\",\"Name\":\"New\"}", root_id()));
	id = arena_dupz(f.a, val_str(at("OrganizationalUnit", "Id")));
	ok("ListTagsForResource", J("{\"ResourceId\":\"%s\"}", id));
	assert_int_equal(val_count(at("Tags")), 0);
}

static void test_five_levels(void **state)
{
	const char *parent = root_id();

	(void)state;
	for (int i = 1; i <= 5; i++) {
		ok("CreateOrganizationalUnit",
		   J("{\"ParentId\":\"%s\",\"Name\":\"level %d\"}", parent, i));
		parent = arena_dupz(f.a, val_str(at("OrganizationalUnit", "Id")));
	}
	refused("CreateOrganizationalUnit", J("{\"ParentId\":\"%s\",\"Name\":\"level 6\"}", parent),
		"ConstraintViolationException", "OU_DEPTH_LIMIT_EXCEEDED");
}

static void test_rename(void **state)
{
	const char *id = unit_id("Workloads");

	(void)state;
	ok("UpdateOrganizationalUnit", J("{\"OrganizationalUnitId\":\"%s\",\"Name\":\"W\"}", id));
	assert_true(is(at("OrganizationalUnit", "Name"), "W"));
	ok("UpdateOrganizationalUnit", J("{\"OrganizationalUnitId\":\"%s\"}", id));
	assert_true(is(at("OrganizationalUnit", "Name"), "W"));
	ok("UpdateOrganizationalUnit", J("{\"OrganizationalUnitId\":\"%s\",\"Name\":\" \"}", id));
	assert_true(is(at("OrganizationalUnit", "Name"), "W"));
	/* Its own name is no duplicate; its sibling's is. */
	ok("UpdateOrganizationalUnit", J("{\"OrganizationalUnitId\":\"%s\",\"Name\":\"W\"}", id));
	refused("UpdateOrganizationalUnit",
		J("{\"OrganizationalUnitId\":\"%s\",\"Name\":\"Suspended\"}", id),
		"DuplicateOrganizationalUnitException", NULL);
	/* The same name below another parent is free. */
	ok("UpdateOrganizationalUnit",
	   J("{\"OrganizationalUnitId\":\"%s\",\"Name\":\"Suspended\"}", unit_id("Production")));
}

static void test_pages(void **state)
{
	size_t seen = 0;
	struct str token = STR_NULL;

	(void)state;
	for (int i = 0; i < 45; i++)
		ok("CreateOrganizationalUnit",
		   J("{\"ParentId\":\"%s\",\"Name\":\"u%d\"}", unit_id("Workloads"), i));
	const char *parent = unit_id("Workloads");
	for (int page = 0; page < 3; page++) {
		ok("ListOrganizationalUnitsForParent",
		   str_is_null(token) ? J("{\"ParentId\":\"%s\"}", parent)
				      : J("{\"ParentId\":\"%s\",\"NextToken\":\"%.*s\"}", parent,
					  STR_ARG(token)));
		seen += val_count(at("OrganizationalUnits"));
		assert_int_equal(val_count(at("OrganizationalUnits")), page == 2 ? 6 : 20);
		token = fx_get(&f, "NextToken");
		assert_int_equal(str_is_null(token), page == 2);
	}
	assert_int_equal(seen, 46); /* and Production */
	/* A token is for its own listing only. */
	ok("ListOrganizationalUnitsForParent", J("{\"ParentId\":\"%s\"}", parent));
	token = fx_get(&f, "NextToken");
	refused("ListOrganizationalUnitsForParent",
		J("{\"ParentId\":\"%s\",\"NextToken\":\"%.*s\"}", root_id(), STR_ARG(token)),
		"InvalidInputException", "INVALID_NEXT_TOKEN");
	refused("ListOrganizationalUnitsForParent",
		J("{\"ParentId\":\"%s\",\"NextToken\":\"\"}", parent), "InvalidInputException",
		"INVALID_NEXT_TOKEN");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SMALL(test_read_the_tree),
		WITH_SMALL(test_parents_and_children),
		WITH_SMALL(test_create_and_delete),
		WITH_SMALL(test_five_levels),
		WITH_SMALL(test_rename),
		WITH_SMALL(test_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
