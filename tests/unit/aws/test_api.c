/* The tables: what is looked up is found, and what the models say stands in them. */

#include "wire-test.h"

static void test_services(void **state)
{
	const struct api_service *s;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; (s = api_service_at(i)); i++, n++) {
		assert_ptr_equal(api_service(s->id), s);
		assert_ptr_equal(api_service_by_signing_name(s->signing_name), s);
		if (i)
			assert_true(str_cmp(api_service_at(i - 1)->id, s->id) < 0);
	}
	assert_true(n >= 3);
	assert_null(api_service(STR("nothing")));
	assert_null(api_service(STR("")));
	assert_null(api_service_by_signing_name(STR("st")));
}

static void test_facts_of_services(void **state)
{
	const struct api_service *iam = api_service(STR("iam"));
	const struct api_service *org = api_service(STR("organizations"));
	const struct api_service *sts = api_service(STR("sts"));

	(void)state;
	assert_int_equal(iam->protocol, API_QUERY);
	assert_true(iam->global);
	assert_str(iam->api_version, "2010-05-08");
	assert_str(iam->xml_namespace, "https://iam.amazonaws.com/doc/2010-05-08/");
	assert_int_equal(org->protocol, API_JSON);
	assert_true(org->global);
	assert_str(org->target_prefix, "AWSOrganizationsV20161128");
	assert_str(org->json_version, "1.1");
	assert_str(org->sdk_id, "Organizations");
	assert_str(org->event_source, "organizations.amazonaws.com");
	assert_int_equal(sts->protocol, API_QUERY);
	assert_false(sts->global);
	assert_str(sts->signing_name, "sts");
}

static void test_every_operation_is_found(void **state)
{
	const struct api_service *s;

	(void)state;
	for (size_t i = 0; (s = api_service_at(i)); i++) {
		for (size_t k = 0; k < s->nops; k++) {
			assert_ptr_equal(api_op(s, s->ops[k].name), &s->ops[k]);
			assert_ptr_equal(s->ops[k].service, s);
		}
		assert_null(api_op(s, STR("")));
		assert_null(api_op(s, STR("Zzz")));
		assert_null(api_op(s, STR("getcalleridentity")));
		assert_null(api_op(s, STR("GetCallerIdentit")));
	}
}

static void test_target(void **state)
{
	struct str op = STR_NULL;

	(void)state;
	assert_ptr_equal(api_service_by_target(STR("AWSOrganizationsV20161128.ListAccounts"), &op),
			 api_service(STR("organizations")));
	assert_str(op, "ListAccounts");
	assert_null(api_service_by_target(STR("AWSOrganizationsV20161128"), &op));
	assert_null(api_service_by_target(STR("Other.ListAccounts"), &op));
	assert_null(api_service_by_target(STR(".ListAccounts"), &op));
	assert_null(api_service_by_target(STR_NULL, &op));
}

static void test_members(void **state)
{
	const struct api_op *op = api_op_of("sts", "AssumeRoot");
	const struct api_member *target = api_member(op->input, STR("TargetPrincipal"));
	const struct api_member *seconds = api_member(op->input, STR("DurationSeconds"));

	(void)state;
	assert_true(target->required);
	assert_int_equal(target->shape->type, API_STRING);
	assert_false(seconds->required);
	assert_int_equal(seconds->shape->type, API_INTEGER);
	/* 0 is no validation error in real AWS either: the model's minimum is 0. */
	assert_true(seconds->shape->has_min && seconds->shape->min == 0);
	assert_true(seconds->shape->has_max && seconds->shape->max == 900);
	assert_null(api_member(op->input, STR("Nothing")));
	assert_null(api_member(NULL, STR("Nothing")));
	const struct api_shape *login =
		api_member(api_op_of("iam", "CreateLoginProfile")->input, STR("Password"))->shape;
	assert_true(login->sensitive);
}

static void test_pages(void **state)
{
	const struct api_pages *list = api_op_of("organizations", "ListAccounts")->pages;
	const struct api_pages *keys = api_op_of("iam", "ListAccessKeys")->pages;

	(void)state;
	assert_str(list->input_token, "NextToken");
	assert_str(list->output_token, "NextToken");
	assert_str(list->limit, "MaxResults");
	assert_str(list->result, "Accounts");
	assert_true(str_is_null(list->more));
	assert_str(keys->input_token, "Marker");
	assert_str(keys->more, "IsTruncated");
	assert_str(keys->result, "AccessKeyMetadata");
	assert_null(api_op_of("iam", "GetAccountSummary")->pages);
}

static void test_errors(void **state)
{
	const struct api_op *op = api_op_of("iam", "GetLoginProfile");
	const struct api_shape *e = api_error(op, STR("NoSuchEntity"));

	(void)state;
	assert_str(e->name, "NoSuchEntityException");
	assert_ptr_equal(api_error(op, STR("NoSuchEntityException")), e);
	assert_int_equal(e->error_status, 404);
	assert_null(api_error(op, STR("EntityAlreadyExists")));
}

static void test_read_only(void **state)
{
	(void)state;
	assert_true(api_op_of("iam", "GetAccountSummary")->read_only);
	assert_true(api_op_of("iam", "GenerateCredentialReport")->read_only);
	assert_true(api_op_of("organizations", "DescribeAccount")->read_only);
	assert_false(api_op_of("iam", "DeleteLoginProfile")->read_only);
	assert_false(api_op_of("sts", "AssumeRoot")->read_only);
}

/* Every wire name of a structure is told once, and a pattern always has its program. */
static void check_shape(const struct api_shape *s, unsigned depth)
{
	if (depth > 8)
		return;
	assert_int_equal(s->pattern != NULL, s->program != NULL);
	if (s->type == API_LIST)
		assert_int_equal(s->nmembers, 1);
	if (s->type == API_MAP)
		assert_int_equal(s->nmembers, 2);
	for (size_t i = 0; i < s->nmembers; i++) {
		for (size_t k = 0; k < i; k++)
			assert_false(str_eq(s->members[i].wire_name, s->members[k].wire_name));
		assert_non_null(s->members[i].shape);
		check_shape(s->members[i].shape, depth + 1);
	}
}

static void test_shapes(void **state)
{
	const struct api_service *s;

	(void)state;
	for (size_t i = 0; (s = api_service_at(i)); i++) {
		for (size_t k = 0; k < s->nops; k++) {
			if (s->ops[k].input)
				check_shape(s->ops[k].input, 0);
			if (s->ops[k].output)
				check_shape(s->ops[k].output, 0);
			for (size_t e = 0; e < s->ops[k].nerrors; e++)
				assert_false(str_is_empty(s->ops[k].errors[e]->error_code));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_services), TEST(test_facts_of_services),
		TEST(test_target),   TEST(test_every_operation_is_found),
		TEST(test_members),  TEST(test_pages),
		TEST(test_errors),   TEST(test_read_only),
		TEST(test_shapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
