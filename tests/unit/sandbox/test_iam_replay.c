#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sandbox/services.h"

#include "iam-calls.h"

/*
 * A long life of random calls: none brings the sandbox down, every answer can
 * be written, a refused call changes nothing, and what a restart replays from
 * the log is the same state, byte for byte. Seeds are fixed: what fails, fails
 * again.
 */

#define CALLS 20000
#define ROUNDS 2

/* ---- random input, that fits together often enough ---- */

#define ACCOUNT "111111111111"
#define IAM "arn:aws:iam::" ACCOUNT ":"
#define PEM(what, body) "-----BEGIN " what "-----\n" body "\n-----END " what "-----\n"
#define CERTIFICATE                                                                       \
	PEM("CERTIFICATE", "MIIBejCCAR+gAwIBAgIULmCvBeJPzPI7JLM+w9YwwX+c0wIwCgYIKoZIzj0E" \
			   "AwIwEjEQMA4GA1UEAwwHZXhhbXBsZTAeFw0yNjExMjMxNzAyMDRaFw0zNjEx" \
			   "MjAxNzAyMDRaMBIxEDAOBgNVBAMMB2V4YW1wbGUwWTATBgcqhkjOPQIBBggq" \
			   "hkjOPQMBBwNCAARaoP3DALa2GIknbkEsuZ8jZ1jKKnAx2aesxUoPzSvl4gzN" \
			   "QleNehF6cQr/ZTuTTNTcs2A12Sp9+fDpKswkkcNZo1MwUTAdBgNVHQ4EFgQU" \
			   "FHQicZMKv9ghPnqSIFcjUQxqZ/swHwYDVR0jBBgwFoAUFHQicZMKv9ghPnqS" \
			   "IFcjUQxqZ/swDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEA" \
			   "r6aS8IbU8p8YmXhiLYySLoCSmQFpTQ1mpF8Nr1/Pho8CIQCXetZg2wHmKJt7" \
			   "VWkWQuUVsrlthffXBDI24MHhcS9TjA==")

static char metadata[1200]; /* SAML's has a least length */

static const struct pool {
	const char *member;
	const char *values[6];
} pools[] = {
	{"UserName", {"anna", "bert", "carl", "Anna"}},
	{"NewUserName", {"anna", "bert", "dora"}},
	{"GroupName", {"g", "h"}},
	{"NewGroupName", {"g", "h"}},
	{"RoleName", {"r", "s", "AWSServiceRoleForSSO", "R"}},
	{"InstanceProfileName", {"ip", "iq"}},
	{"PolicyName", {"p", "q", "lone"}},
	{"PolicyArn",
	 {IAM "policy/p", IAM "policy/a/q", "arn:aws:iam::aws:policy/ReadOnlyAccess",
	  "arn:aws:iam::999999999999:policy/p", IAM "policy/q", IAM "policy/lone"}},
	{"PermissionsBoundary", {IAM "policy/p", "arn:aws:iam::aws:policy/PowerUserAccess"}},
	{"Path", {"/", "/a/"}},
	{"NewPath", {"/", "/b/"}},
	{"PathPrefix", {"/", "/a/"}},
	{"SerialNumber", {IAM "mfa/m", IAM "mfa/a/m", "GAHT12345678"}},
	{"VirtualMFADeviceName", {"m"}},
	{"AuthenticationCode1", {"123456"}},
	{"AuthenticationCode2", {"234567", "345678", "123456"}},
	{"Password", {"Long-Enough-For-Any-Policy-1", "short"}},
	{"OldPassword", {"Long-Enough-For-Any-Policy-1", "Long-Enough-For-Any-Policy-2"}},
	{"NewPassword", {"Long-Enough-For-Any-Policy-1", "Long-Enough-For-Any-Policy-2"}},
	{"AccountAlias", {"one-alias", "two-alias"}},
	{"ServerCertificateName", {"sc", "sd"}},
	{"NewServerCertificateName", {"sc", "se"}},
	{"CertificateBody", {CERTIFICATE, CERTIFICATE "x"}},
	{"CertificateChain", {CERTIFICATE CERTIFICATE}},
	{"PrivateKey", {PEM("PRIVATE KEY", "MAMCAQA=")}},
	{"Url", {"https://example.com/a", "https://example.org/"}},
	{"OpenIDConnectProviderArn", {IAM "oidc-provider/example.com/a"}},
	{"ClientID", {"client", "other"}},
	{"Name", {"saml", "sam"}},
	{"SAMLProviderArn", {IAM "saml-provider/saml"}},
	{"SAMLMetadataDocument", {metadata}},
	{"SSHPublicKeyBody", {"ssh-rsa AAAAB3NzaC1yc2E= a", "ssh-rsa AAAAB3NzaC1yc2F= b", "x"}},
	{"ServiceName", {"codecommit.amazonaws.com", "bedrock.amazonaws.com", "x"}},
	{"AWSServiceName", {"sso.amazonaws.com", "autoscaling.amazonaws.com"}},
	{"VersionId", {"v1", "v2", "v3"}},
	{"Arn", {IAM "user/anna", IAM "role/r", IAM "policy/p", IAM "group/g"}},
	{"PolicySourceArn", {IAM "user/anna", IAM "role/r"}},
	{"PolicyInputList",
	 {"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\","
	  "\"Resource\":\"*\"}]}"}},
	{"ActionNames", {"s3:GetObject", "sqs:SendMessage", "s3:*", "iam:GetUser"}},
	{"ResourceArns",
	 {"arn:aws:s3:::b/k", "*", "arn:aws:sqs:us-east-1:222222222222:q", IAM "user/anna", "b"}},
	{"ResourceOwner", {"arn:aws:iam::222222222222:root", "222222222222"}},
	{"CallerArn", {IAM "user/anna", IAM "role/r", IAM "group/g", IAM "root"}},
	{"ResourcePolicy",
	 {"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:*\","
	  "\"Resource\":\"*\",\"Principal\":\"*\"}}",
	  "{}"}},
	{"PermissionsBoundaryPolicyInputList",
	 {"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\","
	  "\"Resource\":\"*\"}]}"}},
	{"ServiceControlPolicyInputList",
	 {"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\","
	  "\"Resource\":\"*\"}]}"}},
	{"ContextKeyName", {"aws:SourceIp", "aws:username"}},
	{"ContextKeyValues", {"192.0.2.1", "true", "7"}},
	{"AttachmentName", {"anna", "r", "g"}},
	{"ServiceNamespaces", {"iam", "s3"}},
	{"EntityPath", {"o-abcdefghij/r-abcd", "o-abcdefghij/r-abcd/ou-x"}},
	{"GlobalEndpointTokenVersion", {"v1Token", "v2Token"}},
	{"ServiceNamespace", {"iam", "s3", "x"}},
	{"Encoding", {"SSH"}},
	{"Key", {"k", "K", "department"}},
	{"Value", {"v", ""}},
	{"TagKeys", {"k", "department"}},
	{"ClientIDList", {"client", "third"}},
	{"ThumbprintList", {"1234567890123456789012345678901234567890"}},
	{"PolicyDocument",
	 {"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\","
	  "\"Resource\":\"*\"}]}",
	  "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"sqs:*\","
	  "\"Resource\":\"*\"}}",
	  "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":"
	  "\"sts:AssumeRole\",\"Principal\":{\"Service\":\"ec2.amazonaws.com\"}}]}",
	  "{"}},
	{"AssumeRolePolicyDocument",
	 {"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":"
	  "\"sts:AssumeRole\",\"Principal\":{\"AWS\":\"" ACCOUNT "\"}}]}",
	  "{}"}},
	/* Theirs is what answers have told; these are for nothing being there. */
	{"AccessKeyId", {"AKIAIOSFODNN7EXAMPLE"}},
	{"CertificateId", {"ABCDEFGHIJKLMNOPQRSTUVWX"}},
	{"SSHPublicKeyId", {"APKAABCDEFGHIJKLMNOPQ"}},
	{"ServiceSpecificCredentialId", {"ACCAABCDEFGHIJKLMNOPQ"}},
	{"JobId", {"12345678-1234-4123-a123-123456789012"}},
	{"DeletionTaskId", {"task/none"}},
};

/* What answers told, to be asked about: the newest few of each member. */
#define REMEMBERED 3
struct memory {
	struct arena *a;
	struct str values[ARRAY_SIZE(pools)][REMEMBERED];
	size_t n[ARRAY_SIZE(pools)];
};

static bool is_told(const char *member)
{
	static const char *const told[] = {"AccessKeyId",    "CertificateId",
					   "SSHPublicKeyId", "JobId",
					   "DeletionTaskId", "ServiceSpecificCredentialId"};

	for (size_t i = 0; i < ARRAY_SIZE(told); i++)
		if (strcmp(told[i], member) == 0)
			return true;
	return false;
}

static const struct pool *pool_of(struct str member, size_t *index)
{
	for (*index = 0; *index < ARRAY_SIZE(pools); (*index)++)
		if (str_eqz(member, pools[*index].member))
			return &pools[*index];
	return NULL;
}

static void remember(struct memory *m, const struct val *v)
{
	size_t i;

	/* The two keys that call must stay able to. */
	if (val_is(v, VAL_STRING) && (str_eq(v->u.s, f.admin) || str_eq(v->u.s, f.production)))
		return;
	if (val_is(v, VAL_STRING) && !str_is_null(v->name) && pool_of(v->name, &i) &&
	    is_told(pools[i].member))
		m->values[i][m->n[i]++ % REMEMBERED] = arena_str(m->a, v->u.s);
	VAL_EACH(child, v)
	remember(m, child);
}

struct making {
	struct arena *a;
	struct rng *rng;
	const struct memory *memory;
};

static struct str random_text(struct making *m, const struct api_shape *shape, struct str member)
{
	size_t i, n = 0;
	const struct pool *pool = pool_of(member, &i);

	if (shape->nvalues)
		return shape->values[rng_below(m->rng, shape->nvalues)];
	if (!pool)
		return STR("12345678901234567890");
	if (m->memory->n[i] && rng_below(m->rng, 8))
		return m->memory->values[i][rng_below(
			m->rng, m->memory->n[i] < REMEMBERED ? m->memory->n[i] : REMEMBERED)];
	while (n < ARRAY_SIZE(pool->values) && pool->values[n])
		n++;
	/* The first of a pool comes as often as all others: things meet there. */
	return str_of(pool->values[rng_below(m->rng, 2) ? 0 : rng_below(m->rng, n)]);
}

/* Without UserName a call is about the administrator. */
static bool is_wanted(struct making *m, struct str optional)
{
	return rng_below(m->rng, 8) < (str_eqz(optional, "UserName") ? 6 : 2);
}

static struct val *random_value(struct making *m, const struct api_shape *shape, struct str member)
{
	struct val *v;
	int64_t least, most;

	switch (shape->type) {
	case API_STRUCTURE:
		v = val_object(m->a);
		for (size_t i = 0; i < shape->nmembers; i++)
			if (shape->members[i].required || is_wanted(m, shape->members[i].name))
				val_set(v, shape->members[i].name,
					random_value(m, shape->members[i].shape,
						     shape->members[i].name));
		return v;
	case API_LIST:
		v = val_list(m->a);
		for (uint64_t n = rng_below(m->rng, 3) + (shape->has_min && shape->min); n; n--)
			val_append(v, random_value(m, shape->members[0].shape, member));
		return v;
	case API_INTEGER:
	case API_LONG:
		least = shape->has_min ? shape->min : 0;
		most = shape->has_max && shape->max - least < 20 ? shape->max : least + 20;
		return val_int(m->a,
			       least + (int64_t)rng_below(m->rng, (uint64_t)(most - least) + 1));
	case API_BOOLEAN:
		return val_bool(m->a, rng_below(m->rng, 2));
	default:
		return val_string(m->a, random_text(m, shape, member));
	}
}

/* ---- the life ---- */

static char *dir;
static unsigned succeeded[256];

static void reopen(void)
{
	const struct sandbox_options opt = {
		.state_dir = dir, .seeded = true, .seed = 11, .now_ms = FX_NOW_MS};

	if (f.s)
		fx_close(&f);
	fx_open(&f, &opt);
}

/* Markers are made by an earlier answer or not at all. */
static struct val *random_input(struct making *m, const struct api_op *op)
{
	struct val *in = op->input ? random_value(m, op->input, STR("")) : val_object(m->a);

	val_remove(in, STR("Marker"));
	return in;
}

/* Building up is easy and tearing down is not: so it is tried more often. */
static size_t random_operation(struct rng *rng)
{
	static const char *const building[] = {"Attach", "Put",    "Create",
					       "Add",    "Enable", "Upload"};
	size_t i = rng_below(rng, sandbox_iam.nops);

	for (size_t b = 0; b < ARRAY_SIZE(building); b++)
		if (strncmp(sandbox_iam.ops[i].name, building[b], strlen(building[b])) == 0 &&
		    rng_below(rng, 3))
			return random_operation(rng);
	return i;
}

static void one_call(struct rng *rng, struct memory *memory, struct arena *a)
{
	size_t i = random_operation(rng);
	const struct api_op *op = api_op_of("iam", sandbox_iam.ops[i].name);
	struct making m = {a, rng, memory};
	struct str key = rng_below(rng, 8) ? f.admin : f.production;
	struct wire_response resp;
	struct api_fault fault = {0};
	struct val *out = NULL;

	struct val *in = random_input(&m, op);
	if (!sandbox_call(f.s, key, "iam", sandbox_iam.ops[i].name, in, a, &out, &fault)) {
		assert_true((fault.status >= 400 && fault.status < 500) || fault.status == 501);
		assert_true(fault.message.n > 0);
		return;
	}
	wire_put_response(op, out, STR("id"), a, &resp);
	remember(memory, out);
	succeeded[i]++;
}

static void live(uint64_t seed)
{
	struct memory memory = {.a = arena_new()};
	struct arena *a = arena_new();
	struct rng rng;

	rng_seed(&rng, seed);
	for (int i = 0; i < CALLS; i++) {
		one_call(&rng, &memory, a);
		if (i % 16 == 0)
			arena_reset(a);
		if (rng_below(&rng, 100) == 0)
			sandbox_advance(f.s, (int64_t)rng_below(&rng, 3600000));
	}
	arena_free(&a);
	arena_free(&memory.a);
}

static void test_any_life_is_replayed(void **state)
{
	(void)state;
	memset(metadata, ' ', sizeof(metadata) - 1);
	memcpy(metadata, "<EntityDescriptor/>", 19);
	for (uint64_t round = 1; round <= ROUNDS; round++) {
		dir = fx_tempdir();
		reopen();
		fx_enable(&f);
		live(round);
		char *before = xstrdup(fx_dump(&f).p);
		reopen();
		assert_true(sandbox_continued(f.s));
		assert_string_equal(before, fx_dump(&f).p);
		free(before);
		fx_close(&f);
		f.s = NULL;
		fx_rmdir(dir);
	}
	/* A life in which half of it never works shows nothing. */
	for (size_t i = 0; i < sandbox_iam.nops; i++)
		if (!succeeded[i])
			fail_msg("%s never succeeded", sandbox_iam.ops[i].name);
}

/* ---- what is refused has changed nothing ---- */

static void test_a_refused_call_changes_nothing(void **state)
{
	struct memory memory = {.a = arena_new()};
	struct rng rng;
	size_t refusals = 0;

	/* A key's use is told to the minute: this one has just begun. */
	const struct sandbox_options opt = {
		.seeded = true, .seed = 11, .now_ms = FX_NOW_MS - FX_NOW_MS % 60000};

	(void)state;
	fx_open(&f, &opt);
	ok("GetUser", "{}");
	/* Out of the arena that is emptied between calls. */
	struct str admin = f.admin = arena_str(memory.a, f.admin);
	f.production = arena_str(memory.a, f.production);
	rng_seed(&rng, 3);
	for (int i = 0; i < 1500; i++) {
		struct arena *a = arena_new();
		size_t which = rng_below(&rng, sandbox_iam.nops);
		const struct api_op *op = api_op_of("iam", sandbox_iam.ops[which].name);
		struct making m = {a, &rng, &memory};
		struct api_fault fault = {0};
		struct val *out = NULL, *in = random_input(&m, op);
		struct str before = fx_dump(&f);

		if (!sandbox_call(f.s, admin, "iam", sandbox_iam.ops[which].name, in, a, &out,
				  &fault)) {
			struct str after = fx_dump(&f);
			if (!str_eq(before, after))
				fail_msg("%s was refused (%.*s) and changed the state",
					 sandbox_iam.ops[which].name, STR_ARG(fault.code));
			refusals++;
		} else {
			remember(&memory, out);
		}
		arena_free(&a);
		arena_reset(f.a);
	}
	assert_true(refusals > 100);
	arena_free(&memory.a);
	fx_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_life_is_replayed),
		cmocka_unit_test(test_a_refused_call_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
