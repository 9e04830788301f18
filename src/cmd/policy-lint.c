/* `rootout policy lint`: what is wrong, dangerous or dead in policies. */

#include "cmd/policy-lint.h"

#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/map.h"
#include "cmd/commands.h"
#include "org/files.h"
#include "org/live.h"
#include "policy/context.h"
#include "root/mend.h"

#define DEEPEST 16
#define ROUNDS 10 /* of fixing: a fix may make room for another */
#define SOME_ACCOUNT STR("111122223333")

struct lint_file *lint_run_file(struct lint_run *r, struct str path)
{
	for (size_t i = 0; i < r->n; i++) {
		if (str_eq(r->files[i].path, path))
			return &r->files[i];
	}
	r->files = arena_grow(r->a, r->files, r->n, &r->cap, sizeof(*r->files));
	r->files[r->n] = (struct lint_file){.path = arena_str(r->a, path)};
	return &r->files[r->n++];
}

bool lint_run_wants(const struct lint_run *r, const struct lint_rule *rule)
{
	for (size_t i = 0; i < r->nignore; i++) {
		if (str_eqz(r->ignore[i], rule->name))
			return false;
	}
	return rule->severity >= r->least;
}

/* ---- one document ---- */

/*
 * Tasks on buckets and queues are done in the resource's region: an SCP that leaves one region
 * locks nobody out. IAM's are all done in us-east-1, which cause_text_blocks knows.
 */
static const char *const regions[] = {
	"us-east-1",      "us-east-2",      "us-west-1",  "us-west-2",      "ap-northeast-1",
	"ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
	"ca-central-1",   "eu-central-1",   "eu-north-1", "eu-west-1",      "eu-west-2",
	"eu-west-3",      "sa-east-1",      "me-south-1", "af-south-1",     "ap-east-1",
};

static const struct {
	enum root_task task;
	const char *action; /* NULL: of IAM */
} tasks[] = {
	{ROOT_TASK_AUDIT, NULL},
	{ROOT_TASK_DELETE, NULL},
	{ROOT_TASK_CREATE, NULL},
	{ROOT_TASK_S3, "s3:DeleteBucketPolicy"},
	{ROOT_TASK_SQS, "sqs:SetQueueAttributes"},
};

/* In every region? *d: the decision in the last. */
static bool denied_everywhere(struct lint_run *r, const struct policy *p, const char *action,
			      struct policy_decision *d)
{
	struct policy_list level = {&p, 1};
	struct policy_set set = {.scp = &level, .nscp = 1};
	for (size_t i = 0; i < ARRAY_SIZE(regions); i++) {
		struct policy_facts f = {
			.principal = STR("arn:aws:iam::111122223333:root"),
			.assumed_root = true,
			.region = str_of(regions[i]),
			.secure_transport = POLICY_FLAG_TRUE,
		};
		struct policy_request req = {.principal = f.principal,
					     .action = str_of(action),
					     .resource = STR("*"),
					     .resource_account = SOME_ACCOUNT};
		policy_context(&f, r->a, &req);
		policy_decide(&set, &req, d);
		if (d->reason != POLICY_EXPLICIT_DENY)
			return false;
	}
	return true;
}

static bool blocks(struct lint_run *r, const struct lint_file *f, size_t task,
		   struct policy_decision *d)
{
	struct err err = {0};
	const struct policy *p;
	if (!tasks[task].action)
		return cause_text_blocks(f->text, SOME_ACCOUNT, tasks[task].task, d, r->a, &err);
	p = policy_parse(f->text, POLICY_SCP, f->path, r->a, &err);
	return p && denied_everywhere(r, p, tasks[task].action, d);
}

static void root_sessions(struct lint_run *r, struct lint_file *f)
{
	for (size_t i = 0; i < ARRAY_SIZE(tasks); i++) {
		struct policy_decision d;
		struct err err = {0};
		struct str mended;
		size_t before = f->found.n;
		if (!blocks(r, f, i, &d))
			continue;
		lint_add(&f->found, r->a, "locks-root-sessions", d.line, 1,
			 arena_printf(r->a, "root sessions are denied what %s needs",
				      root_task_name(tasks[i].task)));
		if (f->found.n > before && mend_text(f->text, SOME_ACCOUNT, r->a, &mended, &err))
			f->found.v[before].fix = (struct lint_fix){
				.certain = true, .from = 0, .to = f->text.n, .with = mended};
		return;
	}
}

void lint_run_document(struct lint_run *r, struct lint_file *f, struct str text)
{
	struct lint_input in = {.text = text,
				.kind = f->kind,
				.name = f->path,
				.least = r->least,
				.sensitive = r->sensitive,
				.nsensitive = r->nsensitive,
				.catalogue = r->catalogue};
	size_t kept = 0;
	f->text = text;
	f->found = (struct lint_findings){0};
	policy_lint(&in, r->a, &f->found);
	if (f->kind == POLICY_SCP)
		root_sessions(r, f);
	for (size_t i = 0; i < f->found.n; i++) {
		if (lint_run_wants(r, f->found.v[i].rule))
			f->found.v[kept++] = f->found.v[i];
	}
	f->found.n = kept;
}

/* ---- which documents ---- */

static struct str folder_of(struct str path)
{
	ptrdiff_t slash = str_rchr(path, '/');
	return slash < 0 ? STR(".") : slash == 0 ? STR("/") : str_sub(path, 0, (size_t)slash);
}

static bool has_rootout_yaml(struct lint_run *r, struct str dir)
{
	return file_exists(path_join(r->a, dir, STR("rootout.yaml")).p);
}

/* By where it lies in an organization's folder, else by what it has. */
static enum policy_kind kind_of(struct lint_run *r, struct str path, struct str text)
{
	static const struct {
		const char *word;
		enum policy_kind kind;
	} words[] = {
		{"identity", POLICY_IDENTITY}, {"boundary", POLICY_BOUNDARY},
		{"session", POLICY_SESSION},   {"resource", POLICY_RESOURCE},
		{"scp", POLICY_SCP},           {"rcp", POLICY_RCP},
	};
	const char *given = cmd_text(r->c, "kind");
	for (size_t i = 0; given && i < ARRAY_SIZE(words); i++) {
		if (!strcmp(given, words[i].word))
			return words[i].kind;
	}
	struct str dir = folder_of(path), up = folder_of(dir);
	if (str_eqz(path_base(dir), "rcp") && str_eqz(path_base(up), "policies"))
		return POLICY_RCP;
	if (str_eqz(path_base(dir), "policies") &&
	    has_rootout_yaml(r, str_eqz(dir, "policies") ? STR(".") : up))
		return POLICY_SCP;
	return lint_guess_kind(text);
}

static bool add_document(struct lint_run *r, struct str path)
{
	struct str text;
	if (!file_read(path.p, LIMIT_POLICY_BYTES, r->a, &text, &r->c->err))
		return false;
	struct lint_file *f = lint_run_file(r, path);
	r->read++;
	f->on_disk = !str_eqz(path, "-");
	f->kind = kind_of(r, path, text);
	lint_run_document(r, f, text);
	return true;
}

static bool add_folder(struct lint_run *r, struct str dir, int depth)
{
	struct str *names;
	size_t n;
	if (depth > DEEPEST)
		return err_set(&r->c->err, ERR_LIMIT, "folders are nested too deep at '%.*s'",
			       STR_ARG(dir));
	if (!file_list(dir.p, r->a, &names, &n, &r->c->err))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct str path = path_join(r->a, dir, names[i]);
		if (names[i].n && names[i].p[0] == '.')
			continue;
		if (file_is_dir(path.p)) {
			if (!add_folder(r, path, depth + 1))
				return false;
		} else if (str_endsz(names[i], ".json") && !add_document(r, path)) {
			return false;
		}
	}
	return true;
}

/* policies/ of an organization's folder, then what only the whole shows. */
static bool add_organization(struct lint_run *r, struct str dir)
{
	struct org_problems problems = {0};
	struct str policies = path_join(r->a, dir, STR("policies"));
	struct org *o;
	if (file_is_dir(policies.p) && !add_folder(r, policies, 0))
		return false;
	bool ok = org_read_files(dir.p, r->a, &o, &problems, &r->c->err);
	if (!ok && problems.n) {
		/* A document that AWS would refuse is a finding already. */
		cmd_warn(r->c,
			 "%.*s: %zu problems in the organization's files ('rootout check' tells "
			 "them): rules across files were not asked",
			 STR_ARG(dir), problems.n);
		ok = false;
		for (size_t i = 0; i < r->n; i++)
			ok |= r->files[i].found.n > 0;
	} else if (ok) {
		ok = lint_run_org(r, o, &r->c->err);
	}
	org_problems_release(&problems);
	return ok;
}

static bool add_path(struct lint_run *r, const char *z)
{
	struct str path = str_of(z);
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	path = arena_str(r->a, path);
	if (!file_is_dir(path.p))
		return add_document(r, path);
	if (has_rootout_yaml(r, path))
		return add_organization(r, path);
	size_t before = r->read;
	if (!add_folder(r, path, 0))
		return false;
	/* "Nothing found" of a folder that is the wrong one would read as all is well. */
	return r->read > before ||
	       err_set(&r->c->err, ERR_INPUT,
		       "no document in '%.*s': it has no .json file, and no rootout.yaml",
		       STR_ARG(path));
}

static bool add_live(struct lint_run *r)
{
	struct cmd *c = r->c;
	struct org_live_options live = {.parts = ORG_DESCRIBE | ORG_ACCOUNTS | ORG_UNITS |
						 ORG_POLICIES};
	struct aws *aws = NULL;
	struct org *o = NULL;
	if (!cmd_aws(c, &aws, &c->err))
		return false;
	struct aws_worker *w = aws_worker_new(aws);
	bool ok = org_read_live(w, aws_default_identity(aws), &live, r->a, &o, &c->err);
	aws_worker_free(&w);
	aws_free(&aws);
	for (size_t i = 0; ok && i < o->npolicies; i++) {
		const struct org_policy *p = o->policies[i];
		if (p->aws_managed || str_is_null(p->content))
			continue;
		struct lint_file *f =
			lint_run_file(r, arena_printf(r->a, "policy %.*s (%.*s)", STR_ARG(p->name),
						      STR_ARG(p->id)));
		f->kind = str_eqz(p->type, "RESOURCE_CONTROL_POLICY") ? POLICY_RCP : POLICY_SCP;
		lint_run_document(r, f, p->content);
	}
	return ok && lint_run_org(r, o, &c->err);
}

static bool add_all(struct lint_run *r)
{
	struct cmd *c = r->c;
	for (int i = 0; i < c->noperands; i++) {
		if (!add_path(r, c->operands[i]))
			return false;
	}
	if (cmd_flag(c, "live"))
		return add_live(r);
	if (c->noperands)
		return true;
	return add_path(r, ".");
}

/* ---- --fix ---- */

static bool accepted(const struct lint_run *r, const struct lint_file *f, struct str text)
{
	struct err err = {0};
	return policy_parse(text, f->kind, f->path, r->a, &err) != NULL;
}

/* A fix that would turn a document that AWS takes into one that it refuses is none. */
static bool fix_file(struct lint_run *r, struct lint_file *f, size_t *fixed)
{
	struct str before = f->text;
	bool good = accepted(r, f, f->text);
	for (int i = 0; i < ROUNDS; i++) {
		size_t n;
		struct str text = lint_fixed(f->text, &f->found, &n, r->a);
		if (!n || (good && !accepted(r, f, text)))
			break;
		*fixed += n;
		lint_run_document(r, f, text);
	}
	if (str_eq(before, f->text))
		return true;
	return file_replace(f->path.p, f->text, 0666, &r->c->err);
}

/* Only files can be mended: what else is asked for would be left as it is, silently. */
static bool fix_can(struct lint_run *r)
{
	struct cmd *c = r->c;
	for (int i = 0; i < c->noperands; i++) {
		if (!strcmp(c->operands[i], "-"))
			return err_set(&c->err, ERR_INPUT,
				       "--fix mends files: standard input is none");
	}
	return !cmd_flag(c, "live") || c->noperands ||
	       err_set(&c->err, ERR_INPUT,
		       "--fix mends files: policies of the live organization are none");
}

/* What the organization shows is looked at again when its policies have changed. */
static bool fix_all(struct lint_run *r)
{
	size_t fixed = 0;
	for (size_t i = 0; i < r->n; i++) {
		struct lint_file *f = &r->files[i];
		if (f->on_disk && f->found.n && !fix_file(r, f, &fixed))
			return false;
	}
	cmd_note(r->c, "%zu mended", fixed);
	r->n = 0;
	return add_all(r);
}

/* ---- output ---- */

static void count(struct lint_run *r)
{
	for (size_t i = 0; i < r->n; i++) {
		struct lint_findings *f = &r->files[i].found;
		lint_sort(f);
		r->more += f->more;
		r->cut |= f->cut;
		for (size_t k = 0; k < f->n; k++) {
			r->count[f->v[k].rule->severity]++;
			r->fixable += f->v[k].fix.certain && r->files[i].on_disk;
		}
	}
}

static bool print_finding(struct lint_run *r, const struct lint_file *f,
			  const struct lint_finding *x, struct map *told)
{
	static const enum colour colours[] = {COLOUR_BLUE, COLOUR_YELLOW, COLOUR_RED, COLOUR_RED};
	struct cmd *c = r->c;
	enum colour colour = colours[x->rule->severity];
	if (!cmd_printf(c, "%.*s:%u:%u: %s%s%s %s: %.*s\n", STR_ARG(f->path), x->line, x->col,
			term_on(&c->out, colour), lint_severity_name(x->rule->severity),
			term_off(&c->out), x->rule->name, STR_ARG(x->message)))
		return false;
	/* Why and how once for each rule: a hundred findings of one kind need it once. */
	if (c->quiet || map_put(told, str_of(x->rule->name), r))
		return true;
	return cmd_printf(c, "    %s\n    to mend it: %s%s\n", x->rule->why, x->rule->mend,
			  x->fix.certain && f->on_disk ? " (--fix does)" : "");
}

static bool print_lines(struct lint_run *r)
{
	struct map told;
	bool ok = true;
	map_init(&told);
	for (size_t i = 0; ok && i < r->n; i++) {
		for (size_t k = 0; ok && k < r->files[i].found.n; k++)
			ok = print_finding(r, &r->files[i], &r->files[i].found.v[k], &told);
	}
	map_release(&told);
	return ok;
}

static bool print_csv(struct lint_run *r)
{
	struct table *t = table_new(r->a);
	static const char *const names[] = {"FILE",     "LINE", "COLUMN",
					    "SEVERITY", "RULE", "MESSAGE"};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		table_column(t, names[i], ALIGN_LEFT, false);
	for (size_t i = 0; i < r->n; i++) {
		for (size_t k = 0; k < r->files[i].found.n; k++) {
			const struct lint_finding *x = &r->files[i].found.v[k];
			table_row(t);
			table_cell(t, r->files[i].path, COLOUR_NONE);
			table_cellf(t, COLOUR_NONE, "%u", x->line);
			table_cellf(t, COLOUR_NONE, "%u", x->col);
			table_cellz(t, lint_severity_name(x->rule->severity), COLOUR_NONE);
			table_cellz(t, x->rule->name, COLOUR_NONE);
			table_cell(t, x->message, COLOUR_NONE);
		}
	}
	return cmd_print_table(r->c, t);
}

static struct val *catalogue_json(struct lint_run *r)
{
	struct val *v = val_object(r->a);
	val_set_str(r->a, v, "source", catalogue_source(r->catalogue));
	val_set_str(r->a, v, "date", catalogue_date(r->catalogue));
	return v;
}

static void finding_json(struct lint_run *r, struct val *list, const struct lint_file *f,
			 const struct lint_finding *x)
{
	struct val *v = val_append(list, val_object(r->a));
	val_set_str(r->a, v, "file", f->path);
	if (x->line)
		val_set_int(r->a, v, "line", x->line);
	if (x->col)
		val_set_int(r->a, v, "column", x->col);
	val_set_z(r->a, v, "severity", lint_severity_name(x->rule->severity));
	val_set_z(r->a, v, "rule", x->rule->name);
	val_set_str(r->a, v, "message", x->message);
	val_set_z(r->a, v, "why", x->rule->why);
	val_set_z(r->a, v, "mend", x->rule->mend);
	val_set_bool(r->a, v, "fixable", x->fix.certain && f->on_disk);
}

static bool print_json(struct lint_run *r)
{
	struct val *o = val_object(r->a), *list = val_list(r->a);
	val_setz(o, "catalogue", catalogue_json(r));
	val_set_int(r->a, o, "documents", (int64_t)r->n);
	val_set_int(r->a, o, "errors", (int64_t)r->count[LINT_ERROR]);
	val_set_int(r->a, o, "security", (int64_t)r->count[LINT_SECURITY]);
	val_set_int(r->a, o, "warnings", (int64_t)r->count[LINT_WARNING]);
	val_set_int(r->a, o, "notes", (int64_t)r->count[LINT_NOTE]);
	val_set_int(r->a, o, "more", (int64_t)r->more);
	val_set_bool(r->a, o, "complete", !r->cut && !r->more);
	val_setz(o, "findings", list);
	for (size_t i = 0; i < r->n; i++) {
		for (size_t k = 0; k < r->files[i].found.n; k++)
			finding_json(r, list, &r->files[i], &r->files[i].found.v[k]);
	}
	return cmd_print_json(r->c, o);
}

static size_t found(const struct lint_run *r)
{
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_SIZE(r->count); i++)
		n += r->count[i];
	return n;
}

static bool print(struct lint_run *r)
{
	size_t n = found(r);
	struct str notes = r->least > LINT_NOTE
				   ? STR("")
				   : arena_printf(r->a, ", %zu note", r->count[LINT_NOTE]);
	bool ok = r->c->output == OUTPUT_JSON  ? print_json(r)
		  : r->c->output == OUTPUT_CSV ? print_csv(r)
					       : print_lines(r);
	if (r->more || r->cut)
		cmd_warn(r->c, "not everything is told: %zu more findings%s", r->more,
			 r->cut ? "; a document is too large for every comparison" : "");
	cmd_note(r->c, "%zu document%s: %zu finding%s (%zu error, %zu security, %zu warning%.*s)%s",
		 r->n, r->n == 1 ? "" : "s", n, n == 1 ? "" : "s", r->count[LINT_ERROR],
		 r->count[LINT_SECURITY], r->count[LINT_WARNING], STR_ARG(notes),
		 r->fixable && !cmd_flag(r->c, "fix") ? "; --fix mends some" : "");
	return ok;
}

/* ---- the command ---- */

static int64_t days_since(struct str date)
{
	int64_t then;
	if (!time_parse_iso(date, &then))
		return -1;
	return (clock_now_ms(NULL) - then) / 86400000;
}

static bool catalogue_csv(struct lint_run *r, int64_t days)
{
	struct table *t = table_new(r->a);
	static const char *const names[] = {"DATE", "DAYS", "SERVICES", "ACTIONS", "SOURCE"};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		table_column(t, names[i], ALIGN_LEFT, false);
	table_row(t);
	table_cell(t, catalogue_date(r->catalogue), COLOUR_NONE);
	table_cellf(t, COLOUR_NONE, "%lld", (long long)days);
	table_cellf(t, COLOUR_NONE, "%zu", catalogue_nservices(r->catalogue));
	table_cellf(t, COLOUR_NONE, "%zu", catalogue_nactions(r->catalogue));
	table_cell(t, catalogue_source(r->catalogue), COLOUR_NONE);
	return cmd_print_table(r->c, t);
}

static int show_catalogue(struct lint_run *r)
{
	struct str date = catalogue_date(r->catalogue), source = catalogue_source(r->catalogue);
	size_t actions = catalogue_nactions(r->catalogue);
	int64_t days = days_since(date);
	if (r->c->output == OUTPUT_JSON) {
		struct val *v = catalogue_json(r);
		val_set_int(r->a, v, "age_days", days);
		val_set_int(r->a, v, "services", (int64_t)catalogue_nservices(r->catalogue));
		val_set_int(r->a, v, "actions", (int64_t)actions);
		return cmd_print_json(r->c, v) ? EXIT_DONE : EXIT_ERROR;
	}
	if (r->c->output == OUTPUT_CSV)
		return catalogue_csv(r, days) ? EXIT_DONE : EXIT_ERROR;
	bool ok =
		cmd_printf(r->c,
			   "%.*s, %lld days old\n%zu services, %zu actions\nfrom %.*s, which reads "
			   "AWS's Service Authorization Reference\n",
			   STR_ARG(date), (long long)days, catalogue_nservices(r->catalogue),
			   actions, STR_ARG(source));
	return ok ? EXIT_DONE : EXIT_ERROR;
}

/* "ARN", or "ACTION=ARN". One that could match nothing would promise what is not looked for. */
static bool read_sensitive(struct lint_run *r)
{
	size_t n;
	struct str *list = cmd_list(r->c, "sensitive", &n), *actions;
	struct lint_sensitive *v = arena_calloc(r->a, n, sizeof(*v));
	for (size_t i = 0; i < n; i++) {
		v[i].resource = list[i];
		if (!str_startsz(list[i], "arn:") &&
		    str_cut(list[i], '=', &v[i].action, &v[i].resource) &&
		    !lint_actions_of(r->catalogue, v[i].action, r->a, &actions))
			return err_set(&r->c->err, ERR_INPUT,
				       "--sensitive: no action '%.*s' (catalogue of %.*s)",
				       STR_ARG(v[i].action), STR_ARG(catalogue_date(r->catalogue)));
		if (!str_startsz(v[i].resource, "arn:"))
			return err_set(&r->c->err, ERR_INPUT,
				       "--sensitive: '%.*s' is neither ARN nor ACTION=ARN",
				       STR_ARG(list[i]));
	}
	r->sensitive = v;
	r->nsensitive = n;
	return true;
}

static bool read_choice(struct lint_run *r)
{
	const char *least = cmd_text(r->c, "severity");
	struct str names[128];
	size_t n;
	const struct lint_rule *const *rules = lint_rules(&n);
	r->ignore = cmd_list(r->c, "ignore", &r->nignore);
	for (size_t i = 0; i < n && i < ARRAY_SIZE(names); i++)
		names[i] = str_of(rules[i]->name);
	for (size_t i = 0; i < r->nignore; i++) {
		struct str near = str_nearest(r->ignore[i], names, n);
		if (!lint_rule(r->ignore[i]))
			return err_set(&r->c->err, ERR_INPUT, "no rule '%.*s'%s%.*s%s",
				       STR_ARG(r->ignore[i]), near.n ? ", did you mean '" : "",
				       STR_ARG(near), near.n ? "'?" : "");
	}
	for (int s = LINT_NOTE; least && s <= LINT_ERROR; s++) {
		if (!strcmp(least, lint_severity_name((enum lint_severity)s)))
			r->least = (enum lint_severity)s;
	}
	return read_sensitive(r);
}

static int run_lint(struct cmd *c)
{
	struct lint_run r = {.c = c,
			     .a = c->arena,
			     .catalogue = catalogue_open(c->arena),
			     .least = LINT_WARNING};
	const char *sarif = cmd_text(c, "sarif");
	if (cmd_flag(c, "catalogue"))
		return show_catalogue(&r);
	if (!read_choice(&r) || (cmd_flag(c, "fix") && !fix_can(&r)) || !add_all(&r) ||
	    (cmd_flag(c, "fix") && !fix_all(&r)))
		return cmd_fail(c, &c->err);
	count(&r);
	if (sarif && !lint_run_sarif(&r, sarif, &c->err))
		return cmd_fail(c, &c->err);
	if (!print(&r))
		return EXIT_ERROR;
	return found(&r) + r.more ? EXIT_REMAINS : EXIT_DONE;
}

static const char *const kinds[] = {"identity", "boundary", "session", "resource",
				    "scp",      "rcp",      NULL};
static const char *const severities[] = {"note", "warning", "security", "error", NULL};

static const struct option lint_options[] = {
	{"kind", 0, OPTION_TEXT, "KIND", "what the documents are; guessed otherwise", kinds},
	{"live", 0, OPTION_FLAG, NULL, "the policies of the live organization", NULL},
	{"severity", 0, OPTION_TEXT, "LEAST",
	 "only findings this grave or graver (default warning)", severities},
	{"ignore", 0, OPTION_LIST, "RULE", "not this rule", NULL},
	{"sensitive", 0, OPTION_LIST, "[ACTION=]ARN",
	 "whatever is allowed to reach this is a finding", NULL},
	{"fix", 0, OPTION_FLAG, NULL, "mend files where the mend is certain", NULL},
	{"sarif", 0, OPTION_TEXT, "FILE", "write the findings as SARIF 2.1.0", NULL},
	{"catalogue", 0, OPTION_FLAG, NULL, "tell the catalogue's source and age, lint nothing",
	 NULL},
	{0},
};

const struct command command_policy_lint = {
	.name = "policy lint",
	.summary = "find what is wrong, dangerous or dead in policies",
	.operands = "[PATH…]",
	.details =
		"PATH is a policy document (- is standard input), a folder of .json documents, or "
		"an organization's folder, where policies, permission sets and assignments are "
		"also looked at together. Without PATH and --live: the working folder.\n\n"
		"A document in an organization's policies/ is an SCP, in policies/rcp/ an RCP; "
		"elsewhere one with a Principal is a resource policy (or a role's trust policy), "
		"any other an identity policy. --kind says otherwise.\n\n"
		"Each finding is FILE:LINE:COLUMN: SEVERITY RULE: what, and for the first of each "
		"rule why and how to mend it. Severities: error (AWS would refuse it), security, "
		"warning (it has no effect, or not the one that it reads like), and note (no "
		"fault: what a careful reviewer may want to know), which --severity note shows.\n\n"
		"--sensitive names what your organization holds dear, for every document: "
		"--sensitive s3:GetObject=arn:aws:s3:::payroll/* or, whatever the action, "
		"--sensitive arn:aws:s3:::payroll/*.\n\n"
		"--fix changes only what cannot change the meaning (an action twice, or in the "
		"wrong case) and the exception for root sessions; layout and order stay.\n\n"
		"Which actions, ARNs and condition keys AWS has is data inside the program: "
		"--catalogue tells from when.\n\n"
		"The exit status is 0 when nothing was found that --severity asks for, 1 when "
		"something was, 2 when a document could not be read or a folder has none.",
	.examples = "rootout policy lint examples/stores\n    an organization's folder\n"
		    "rootout policy lint --kind scp --fix deny-root.json\n    one SCP, mended\n"
		    "rootout policy lint --severity security --sarif out.sarif policies\n    for "
		    "a code host\n"
		    "rootout policy lint --live\n    the live organization's policies\n",
	.options = lint_options,
	.option_sets = OPTIONS_AWS,
	.only_looks = true,
	.run = run_lint,
};
