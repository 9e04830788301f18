/* Choices of accounts: what they choose, what is not known, and what is a mistake. */

#include "org-test.h"

#include <unistd.h>

#include "org/live.h"
#include "org/select.h"

static struct org_build B;

static struct org_account *add(const char *name, const char *id, struct org_unit *unit,
			       const char *env)
{
	struct org_account *acct = org_build_account(&B);

	acct->name = str_of(name);
	acct->id = str_of(id);
	acct->unit = unit;
	acct->have_tags = true;
	if (env) {
		acct->tags = arena_new_of(A, struct org_tag);
		acct->tags[acct->ntags++] = (struct org_tag){STR("env"), str_of(env)};
	}
	org_build_index_account(&B, acct);
	return acct;
}

/* Root ── management; Workloads ── pos-dev; Workloads/Prod ── pos-prod, web-prod; Other/Prod ── x */
static struct org *build(void)
{
	struct org_unit *workloads, *prod, *other, *other_prod;

	org_build_init(&B, A);
	workloads = org_build_unit(&B, B.o->units[0], STR("Workloads"));
	workloads->id = STR("ou-1111-workload");
	org_build_index_unit_id(&B, workloads);
	prod = org_build_unit(&B, workloads, STR("Prod"));
	other = org_build_unit(&B, B.o->units[0], STR("Other"));
	other_prod = org_build_unit(&B, other, STR("Prod"));
	add("management", "210000000001", B.o->units[0], NULL);
	add("pos-dev", "210000000013", workloads, "dev");
	add("pos-prod", "210000000011", prod, "prod");
	add("web-prod", "210000000021", prod, "prod");
	add("x", "210000000099", other_prod, "prod");
	return B.o;
}

static const char *chosen_by(const struct org *o, const struct org_choice *c,
			     const struct org_selector *s)
{
	struct str all = STR("");
	size_t unknowns = 0;

	for (size_t i = 0; i < o->naccounts; i++) {
		const struct org_account *acct = o->accounts[i];
		bool unknown = false;
		bool is = c ? org_chosen(o, c, acct, &unknown) : org_selects(o, s, acct, &unknown);

		assert_false(is && unknown);
		unknowns += unknown;
		if (is || unknown)
			all = arena_printf(A, "%.*s%s%.*s%s", STR_ARG(all), all.n ? " " : "",
					   STR_ARG(acct->name), unknown ? "?" : "");
	}
	return all.p;
}

static struct str *strs(size_t n, ...)
{
	struct str *v = arena_calloc(A, n, sizeof(*v));
	va_list ap;

	va_start(ap, n);
	for (size_t i = 0; i < n; i++)
		v[i] = str_of(va_arg(ap, const char *));
	va_end(ap);
	return v;
}

#define SELECTS(text, ...)                                          \
	do {                                                        \
		struct org_selector s_ = {__VA_ARGS__};             \
		assert_string_equal(chosen_by(o, NULL, &s_), text); \
	} while (0)

static void test_patterns(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool fits;
	} cases[] = {
		{"", "", true},
		{"", "a", false},
		{"*", "", true},
		{"*", "abc", true},
		{"a*", "abc", true},
		{"a*", "ba", false},
		{"*c", "abc", true},
		{"*c", "abcd", false},
		{"a*c", "abcbc", true},
		{"a*b*c", "axbyc", true},
		{"a*b*c", "axyc", false},
		{"**", "x", true},
		{"*ab*ab*", "abab", true},
		{"*ab*ab*", "aba", false},
		{"a?", "ab", false},
		{"A*", "abc", false},
		{"予*", "予約", true},
		{"*約", "予約", true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (org_pattern_fits(str_of(cases[i].pattern), str_of(cases[i].text)) !=
		    cases[i].fits)
			fail_msg("'%s' and '%s'", cases[i].pattern, cases[i].text);
	}
	/* Many stars against a long text end at once: earlier stars are never tried again. */
	char stars[201], text[20001];

	for (size_t i = 0; i < 200; i += 2)
		memcpy(stars + i, "*a", 3);
	memset(text, 'a', 20000);
	text[19999] = 'b';
	assert_false(org_pattern_fits(str_ofn(stars, 200), str_ofn(text, 20000)));
}

static void test_selectors(void **state)
{
	struct org *o = build();
	struct org_tag prod = {STR("env"), STR("prod")}, any = {STR("env"), STR("*")};
	struct org_tag two[] = {{STR("env"), STR("prod")}, {STR("env"), STR("dev")}};

	(void)state;
	SELECTS("", .nnames = 0);
	SELECTS("management pos-dev pos-prod web-prod x", .all = true);
	SELECTS("management pos-dev x", .all = true, .except = strs(2, "pos-prod", "web-*"),
		.nexcept = 2);
	SELECTS("pos-dev pos-prod", .names = strs(1, "pos-*"), .nnames = 1);
	SELECTS("pos-prod x", .names = strs(2, "210000000011", "x"), .nnames = 2);
	SELECTS("pos-dev pos-prod web-prod", .units = strs(1, "Workloads"), .nunits = 1);
	SELECTS("pos-dev pos-prod web-prod", .units = strs(1, "ou-1111-workload"), .nunits = 1);
	/* A name that two units have means both, a path one. */
	SELECTS("pos-prod web-prod x", .units = strs(1, "Prod"), .nunits = 1);
	SELECTS("x", .units = strs(1, "Other/Prod"), .nunits = 1);
	SELECTS("management pos-dev pos-prod web-prod x", .units = strs(1, "Root"), .nunits = 1);
	SELECTS("pos-prod web-prod x", .tags = &prod, .ntags = 1);
	SELECTS("pos-dev pos-prod web-prod x", .tags = &any, .ntags = 1);
	SELECTS("", .tags = two, .ntags = 2); /* in files all must match */
	SELECTS("web-prod", .names = strs(1, "w*"), .nnames = 1, .units = strs(1, "Prod"),
		.nunits = 1, .tags = &prod, .ntags = 1);
}

static void test_unknown(void **state)
{
	struct org *o = build();
	struct org_tag prod = {STR("env"), STR("prod")};

	(void)state;
	org_account(o, STR("pos-prod"))->unit = NULL;
	org_account(o, STR("web-prod"))->have_tags = false;
	SELECTS("pos-prod? web-prod x", .units = strs(1, "Prod"), .nunits = 1);
	SELECTS("pos-prod web-prod? x", .tags = &prod, .ntags = 1);
	SELECTS("pos-prod? web-prod? x", .tags = &prod, .ntags = 1, .units = strs(1, "Prod"),
		.nunits = 1);
	/* What is known to be out is out, whatever else is not known. */
	SELECTS("web-prod?", .tags = &prod, .ntags = 1, .units = strs(1, "Prod"), .nunits = 1,
		.except = strs(2, "pos-prod", "x"), .nexcept = 2);
	SELECTS("x", .tags = &prod, .ntags = 1, .names = strs(1, "x"), .nnames = 1);
}

static void test_choices(void **state)
{
	struct org *o = build();
	struct org_tag two[] = {{STR("env"), STR("prod")}, {STR("env"), STR("dev")}};
	struct org_choice none = {0}, all = {.all = true};
	struct org_choice tags = {.sel = {.tags = two, .ntags = 2}};
	struct org_choice key = {.tag_keys = strs(1, "env"), .ntag_keys = 1};
	struct org_choice both = {.all = true, .sel = {.names = strs(1, "x"), .nnames = 1}};
	struct org_choice unit = {.sel = {.units = strs(1, "Prod"), .nunits = 1}};

	(void)state;
	assert_string_equal(chosen_by(o, &none, NULL), "");
	assert_string_equal(chosen_by(o, &all, NULL), "management pos-dev pos-prod web-prod x");
	assert_string_equal(chosen_by(o, &tags, NULL), "pos-dev pos-prod web-prod x");
	assert_string_equal(chosen_by(o, &key, NULL), "pos-dev pos-prod web-prod x");
	assert_string_equal(chosen_by(o, &both, NULL), "x");
	assert_int_equal(org_choice_needs(&all), 0);
	assert_int_equal(org_choice_needs(&both), 0);
	assert_int_equal(org_choice_needs(&tags), ORG_TAGS);
	assert_int_equal(org_choice_needs(&key), ORG_TAGS);
	assert_int_equal(org_choice_needs(&unit), ORG_UNITS);
	unit.tag_keys = key.tag_keys;
	unit.ntag_keys = 1;
	assert_int_equal(org_choice_needs(&unit), ORG_UNITS | ORG_TAGS);
}

#define REFUSES(text, ...)                                   \
	do {                                                 \
		struct org_choice c_ = {__VA_ARGS__};        \
		struct err e_ = {0};                         \
		assert_false(org_choice_check(o, &c_, &e_)); \
		assert_err(&e_, text);                       \
	} while (0)
#define ACCEPTS(...)                                        \
	do {                                                \
		struct org_choice c_ = {__VA_ARGS__};       \
		struct err e_ = {0};                        \
		assert_true(org_choice_check(o, &c_, &e_)); \
	} while (0)

static void test_mistakes(void **state)
{
	struct org *o = build();
	struct org_tag tag = {STR("env"), STR("prod")};

	(void)state;
	ACCEPTS(.all = true);
	ACCEPTS(.sel = {.names = strs(3, "x", "pos-*", "210000000011"),
			.nnames = 3,
			.units = strs(2, "Prod", "Other/Prod"),
			.nunits = 2,
			.tags = &tag,
			.ntags = 1});
	REFUSES("unknown account 'pos-prodd', did you mean 'pos-prod'?",
		.sel = {.names = strs(1, "pos-prodd"), .nnames = 1});
	REFUSES("unknown account '210000000012', did you mean '210000000013'?",
		.sel = {.names = strs(1, "210000000012"), .nnames = 1});
	REFUSES("account id '21000000001' has 11 digits, it must have 12",
		.sel = {.names = strs(1, "21000000001"), .nnames = 1});
	REFUSES("no account fits the pattern 'booking-*'",
		.sel = {.names = strs(1, "booking-*"), .nnames = 1});
	REFUSES("unknown account ''", .sel = {.names = strs(1, ""), .nnames = 1});
	/* An exclusion that excludes nobody is the most dangerous of all. */
	REFUSES("unknown account 'web-prd', did you mean 'web-prod'?", .all = true,
		.sel = {.except = strs(1, "web-prd"), .nexcept = 1});
	REFUSES("unknown unit 'Workload', did you mean 'Workloads'?",
		.sel = {.units = strs(1, "Workload"), .nunits = 1});
	REFUSES("unknown unit 'Workloads/Prd', did you mean 'Workloads/Prod'?",
		.sel = {.units = strs(1, "Workloads/Prd"), .nunits = 1});
	REFUSES("unknown unit ''", .sel = {.units = strs(1, ""), .nunits = 1});
	tag.value = STR("prot");
	REFUSES("no account has the tag 'env=prot', did you mean 'env=prod'?",
		.sel = {.tags = &tag, .ntags = 1});
	tag.value = STR("decommissioned"); /* simply nobody: an answer, not a mistake */
	ACCEPTS(.sel = {.tags = &tag, .ntags = 1});
	tag.key = STR("envi");
	REFUSES("no account has the tag 'envi', did you mean 'env'?",
		.sel = {.tags = &tag, .ntags = 1});
	REFUSES("no account has the tag 'team'", .tag_keys = strs(1, "team"), .ntag_keys = 1);
	/* Where tags were not read nothing can be said. */
	o->accounts[0]->have_tags = false;
	ACCEPTS(.tag_keys = strs(1, "team"), .ntag_keys = 1);
	/* Control characters of a mistyped word do not reach the terminal. */
	REFUSES("unknown account 'a\\x1b[2J'", .sel = {.names = strs(1, "a\x1b[2J"), .nnames = 1});
}

static void test_selector_check(void **state)
{
	struct org *o = build();
	struct org_selector s = {.names = strs(1, "y"), .nnames = 1, .pos = {"root.yaml", 3, 7}};
	struct err err = {0};

	(void)state;
	assert_false(org_selector_check(o, &s, &err));
	assert_err(&err, "root.yaml:3:7: unknown account 'y'");
	s.names = strs(1, "x");
	s.units = strs(1, "Nowhere");
	s.nunits = 1;
	assert_false(org_selector_check(o, &s, &err));
	assert_err(&err, "root.yaml:3:7: unknown unit 'Nowhere'");
	s.nunits = 0;
	s.except = strs(1, "z*");
	s.nexcept = 1;
	assert_false(org_selector_check(o, &s, &err));
	s.nexcept = 0;
	assert_true(org_selector_check(o, &s, &err));
}

/* ---- --from ---- */

static const char *file_of(struct str text)
{
	char *path = arena_dupz(A, STR("/tmp/rootout-from-XXXXXX"));
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text.p, text.n), (ssize_t)text.n);
	close(fd);
	return path;
}

/* "name@line name@line …", or the message without the file's name. */
static const char *from(struct str text)
{
	const char *path = file_of(text);
	struct org_choice c = {.sel = {.names = strs(1, "first"), .nnames = 1}};
	struct err err = {0};
	char said[1500];
	struct str all = STR("");
	bool ok = org_choice_from_file(&c, path, A, &err);

	unlink(path);
	if (!ok) {
		err_text(&err, said, sizeof(said));
		assert_memory_equal(said, path, strlen(path));
		assert_int_equal(c.sel.nnames, 1);
		return arena_strz(A, said + strlen(path)).p;
	}
	assert_str(c.sel.names[0], "first");
	assert_int_equal(c.nname_pos, c.sel.nnames);
	assert_null(c.name_pos[0].path);
	for (size_t i = 1; i < c.sel.nnames; i++)
		all = arena_printf(A, "%.*s%s%.*s@%u", STR_ARG(all), i > 1 ? " " : "",
				   STR_ARG(c.sel.names[i]), c.name_pos[i].line);
	return all.p;
}

#define FROM(text, expected) assert_string_equal(from(STR(text)), expected)

static void test_from(void **state)
{
	(void)state;
	FROM("pos\n# web\n\n  web  \r\n210000000011\n", "pos@1 web@4 210000000011@5");
	FROM("pos", "pos@1");
	FROM("\xef\xbb\xbfpos-*\n", "pos-*@1");
	FROM("pos,prod,yes\nweb,dev,no\n", "pos@1 web@2");
	FROM("name,id,state\npos,210000000011,root\n", "210000000011@2");
	FROM("# exported\nName, Account ,x\npos,210000000011,\n", "210000000011@3");
	FROM("\"Account Name\",x\n\"pos, the \"\"old\"\" one\",1\n", "pos, the \"old\" one@2");
	FROM("x,name\n1,予約\n", "予約@2");
	FROM("id\n\"210000000011\"  ,x\n", "210000000011@2");
	FROM("", ": no account stands here: ids or names are expected, one a line");
	FROM("id,name\n# nobody\n",
	     ": no account stands here: ids or names are expected, one a line");
	FROM("pos\n21000000011\n",
	     ":2: account id '21000000011' has 11 digits, it must have 12 (a spreadsheet may have "
	     "dropped leading zeros)");
	FROM("2100000000110\n", ":1: account id '2100000000110' has 13 digits, it must have 12");
	FROM("pos\n,web\n", ":2: this line begins with an empty field: an account's id or name is "
			    "expected");
	FROM("name,id\npos\n", ":2: this line has no 'id'");
	FROM("name,id\npos,\n", ":2: this line has no 'id'");
	FROM("\"pos\n", ":1: a quote is opened and not closed on this line");
	FROM("\"pos\" x,y\n", ":1: text behind a closing quote: a comma is expected");
	FROM("po\x01s\n", ":1: 'po\\x01s' has a control character: no account is called that");
	FROM("pos\nw\xffx\n", ":2: this is not UTF-8");
}

static void test_from_positions(void **state)
{
	struct org *o = build();
	const char *path = file_of(STR("# two of us\npos-prod\npos-prodd\n"));
	struct org_choice c = {0};
	struct err err = {0};

	(void)state;
	assert_true(org_choice_from_file(&c, path, A, &err));
	assert_false(org_choice_check(o, &c, &err));
	assert_err(&err, arena_printf(A,
				      "%s:3: unknown account 'pos-prodd', did you mean "
				      "'pos-prod'?",
				      path)
				 .p);
	unlink(path);
	assert_false(org_choice_from_file(&c, path, A, &err));
	assert_int_equal(err.kind, ERR_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_patterns), TEST(test_selectors),      TEST(test_unknown),
		TEST(test_choices),  TEST(test_mistakes),       TEST(test_selector_check),
		TEST(test_from),     TEST(test_from_positions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
