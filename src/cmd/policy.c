#include "policy/cases.h"

#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "cmd/commands.h"
#include "text/xml.h"

/* A line of a file that did not pass. */
struct failure {
	struct str file, id;
	uint32_t line;
	bool broken; /* it could not be read as a case */
	struct str expected, got, why;
};

struct file_result {
	struct str file;
	size_t cases, failed, broken;
	struct failure *failures;
	size_t n, cap;
	struct buf junit; /* <testcase>… of every case */
};

struct test_run {
	struct cmd *c;
	bool junit;
	struct file_result *files;
	size_t nfiles;
	size_t cases, failed, broken;
};

static void attribute(struct buf *b, const char *name, struct str value)
{
	buf_addf(b, " %s=\"", name);
	xml_write_text(value, b);
	buf_addc(b, '"');
}

static void junit_case(struct file_result *f, uint32_t line, struct str id,
		       const struct failure *failure)
{
	struct buf *b = &f->junit;
	buf_addz(b, "    <testcase");
	attribute(b, "classname", f->file);
	attribute(b, "name", id);
	buf_addf(b, " line=\"%u\"", line);
	if (!failure) {
		buf_addz(b, "/>\n");
		return;
	}
	buf_addf(b, "><%s", failure->broken ? "error" : "failure");
	attribute(b, "message", failure->why);
	buf_addf(b, "/></testcase>\n");
}

static void add_failure(struct test_run *t, struct file_result *f, struct failure x)
{
	f->failures = arena_grow(t->c->arena, f->failures, f->n, &f->cap, sizeof(*f->failures));
	f->failures[f->n++] = x;
	f->failed += !x.broken;
	f->broken += x.broken;
}

/* One case in an arena of its own; what is shown of it is copied. */
static void test_line(struct test_run *t, struct file_result *f, struct str line, uint32_t number)
{
	struct arena *a = arena_new(), *keep = t->c->arena;
	struct policy_case one;
	struct err err = {0};
	struct failure x = {.file = f->file, .line = number};
	bool good = policy_case_read(line, a, &one, &err);
	struct policy_case_result r = {0};
	f->cases++;
	if (good) {
		policy_case_run(&one, a, &r);
		x.expected = arena_str(keep, r.expected);
		x.got = arena_str(keep, r.got);
		x.why = r.passed
				? STR_NULL
				: arena_printf(keep, "expected %.*s, got %.*s: %.*s",
					       STR_ARG(r.expected), STR_ARG(r.got), STR_ARG(r.why));
	} else {
		char text[sizeof(err.message) + sizeof(err.path) + 32];
		x.broken = true;
		x.expected = STR("a case");
		x.got = STR("unreadable");
		x.why = arena_strz(keep, err_text(&err, text, sizeof(text)));
	}
	x.id = str_is_null(one.id) ? arena_printf(keep, "line %u", number)
				   : arena_str(keep, one.id);
	bool passed = good && r.passed;
	if (!passed)
		add_failure(t, f, x);
	if (t->junit)
		junit_case(f, number, x.id, passed ? NULL : &x);
	arena_free(&a);
}

static bool test_file(struct test_run *t, const char *path, struct file_result *f)
{
	struct cmd *c = t->c;
	struct str text, line;
	uint32_t number = 0;
	f->file = str_of(path);
	f->junit = BUF_INIT(LIMIT_OUTPUT);
	if (!file_read(path, MIB(64), c->arena, &text, &c->err))
		return false;
	while (policy_case_next(&text, &line, &number))
		test_line(t, f, line, number);
	/* A test file that tests nothing must not pass. */
	if (f->cases == 0)
		return err_set(&c->err, ERR_INPUT, "'%s' holds no case", path);
	t->cases += f->cases;
	t->failed += f->failed;
	t->broken += f->broken;
	return true;
}

static bool write_junit(struct test_run *t, const char *path)
{
	struct buf b = BUF_INIT(LIMIT_OUTPUT);
	buf_addz(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
	for (size_t i = 0; i < t->nfiles; i++) {
		struct file_result *f = &t->files[i];
		buf_addz(&b, "  <testsuite");
		attribute(&b, "name", f->file);
		buf_addf(&b, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\">\n", f->cases,
			 f->failed, f->broken);
		buf_adds(&b, buf_str(&f->junit));
		buf_addz(&b, "  </testsuite>\n");
	}
	buf_addz(&b, "</testsuites>\n");
	bool ok = buf_overflowed(&b)
			  ? err_set(&t->c->err, ERR_LIMIT, "the JUnit report is too long")
			  : file_replace(path, buf_str(&b), 0666, &t->c->err);
	buf_release(&b);
	return ok;
}

static bool print_table(const struct test_run *t)
{
	struct cmd *c = t->c;
	struct table *table = table_new(c->arena);
	table_column(table, "CASE", ALIGN_LEFT, false);
	table_column(table, "AT", ALIGN_LEFT, false);
	table_column(table, "WHY", ALIGN_LEFT, false);
	for (size_t i = 0; i < t->nfiles; i++) {
		for (size_t k = 0; k < t->files[i].n; k++) {
			const struct failure *x = &t->files[i].failures[k];
			table_row(table);
			table_cell(table, x->id, COLOUR_RED);
			table_cellf(table, COLOUR_NONE, "%.*s:%u", STR_ARG(x->file), x->line);
			table_cell(table, x->why, COLOUR_NONE);
		}
	}
	if ((table_rows(table) || c->output == OUTPUT_CSV) && !cmd_print_table(c, table))
		return false;
	if (c->output == OUTPUT_CSV)
		return true;
	return cmd_printf(c, "%zu case%s, %zu passed, %zu failed%s\n", t->cases,
			  t->cases == 1 ? "" : "s", t->cases - t->failed - t->broken,
			  t->failed + t->broken, t->broken ? " (some lines are no cases)" : "");
}

static bool print_json(const struct test_run *t)
{
	struct arena *a = t->c->arena;
	struct val *o = val_object(a), *list = val_list(a);
	val_set_int(a, o, "cases", (int64_t)t->cases);
	val_set_int(a, o, "failed", (int64_t)t->failed);
	val_set_int(a, o, "unreadable", (int64_t)t->broken);
	val_setz(o, "failures", list);
	for (size_t i = 0; i < t->nfiles; i++) {
		for (size_t k = 0; k < t->files[i].n; k++) {
			const struct failure *x = &t->files[i].failures[k];
			struct val *v = val_append(list, val_object(a));
			val_set_str(a, v, "id", x->id);
			val_set_str(a, v, "file", x->file);
			val_set_int(a, v, "line", x->line);
			val_set_str(a, v, "expected", x->expected);
			val_set_str(a, v, "got", x->got);
			val_set_str(a, v, "why", x->why);
		}
	}
	return cmd_print_json(t->c, o);
}

static bool test_all(struct test_run *t)
{
	const char *junit = cmd_text(t->c, "junit");
	for (size_t i = 0; i < t->nfiles; i++) {
		if (!test_file(t, t->c->operands[i], &t->files[i]))
			return false;
	}
	return !junit || write_junit(t, junit);
}

static int run_test(struct cmd *c)
{
	struct test_run t = {.c = c, .junit = cmd_text(c, "junit") != NULL};
	int status;
	if (c->noperands == 0) {
		err_set(&c->err, ERR_INPUT, "which files? name at least one");
		return cmd_fail(c, &c->err);
	}
	t.nfiles = (size_t)c->noperands;
	t.files = arena_calloc(c->arena, t.nfiles, sizeof(*t.files));
	if (!test_all(&t))
		status = cmd_fail(c, &c->err);
	else if (c->output == OUTPUT_JSON ? !print_json(&t) : !print_table(&t))
		status = EXIT_ERROR;
	else
		status = t.broken ? EXIT_ERROR : t.failed ? EXIT_REMAINS : EXIT_DONE;
	for (size_t i = 0; i < t.nfiles; i++)
		buf_release(&t.files[i].junit);
	return status;
}

static const struct option test_options[] = {
	{"junit", 0, OPTION_TEXT, "FILE", "write every case's result as JUnit XML", NULL},
	{0},
};

const struct command command_policy_test = {
	.name = "policy test",
	.summary = "run policy cases: policies, a request, what must come out",
	.operands = "FILE…",
	.details =
		"Each line of a file is one JSON object. A decision:\n"
		"\n"
		"  {\"id\": \"…\", \"principal\": ARN, \"action\": \"s3:GetObject\", \"resource\": "
		"ARN,\n"
		"   \"context\": {\"aws:RequestedRegion\": \"…\", \"aws:TagKeys\": [\"…\"]},\n"
		"   \"policies\": {\"identity\": [DOC…], \"session\": [DOC…], \"resource\": "
		"[DOC…],\n"
		"                \"boundary\": DOC, \"scp\": [[DOC…]…], \"rcp\": [[DOC…]…]},\n"
		"   \"expect\": \"allow\" or \"deny\"}\n"
		"\n"
		"or a document that must be accepted or refused as AWS would:\n"
		"\n"
		"  {\"id\": \"…\", \"validate\": \"scp\", \"document\": DOC, \"expect\": \"valid\" "
		"or "
		"\"malformed\"}\n"
		"\n"
		"In the context a string is a single-valued key, an array a multi-valued one. scp "
		"and\n"
		"rcp are levels: root, each OU, account. A kind that is absent takes no part; "
		"where\n"
		"all are, the principal has no identity-based policy. Optional:\n"
		"resource_account, management, resource_management, service_linked, expect_reason\n"
		"(explicit, implicit), expect_kind (the kind of policy that decided), doc, note.\n"
		"Exit status 1: cases failed; 2: a file or a line could not be read.\n",
	.examples = "  rootout policy test policies/*.jsonl\n"
		    "  rootout policy test --junit report.xml policies/scp.jsonl\n",
	.options = test_options,
	.only_looks = true,
	.run = run_test,
};
