#ifndef ROOTOUT_ORG_FILES_PRIVATE_H
#define ROOTOUT_ORG_FILES_PRIVATE_H

/*
 * How the folder is read: files.c goes from file to file, each files-X.c reads
 * one kind. text/check.h ends at the first error; here every error counts, so
 * each check goes through files_ok, which notes what failed and goes on:
 *
 *	files_ok(r, check_str(&r->c, v, "name", CHECK_REQUIRED, &acct->name));
 *
 * A file that could not be read at all leaves its part incomplete: names that
 * may stand in it are not reported as unknown (r->lost).
 */

#include "org/files.h"
#include "org/org-private.h"
#include "policy/policy.h"
#include "text/check.h"

enum files_part {
	FILES_SETTINGS = 1,
	FILES_POLICIES = 2,
	FILES_GROUPS = 4,
	FILES_SETS = 8,
	FILES_ACCOUNTS = 16,
};

struct files_reader {
	struct str dir;
	struct arena *a;
	struct org_build b;
	struct org *o;
	struct org_problems *problems;
	size_t found; /* problems so far */
	struct check c;
	struct err err;     /* c.err */
	unsigned lost;      /* FILES_…: incomplete, a name may be there after all */
	bool have_groups;   /* there is a groups.yaml; else groups come from elsewhere */
	bool have_policies; /* there is a folder policies/ */
	struct org_pos management_pos;
};

void files_init(struct files_reader *r, const char *dir, struct arena *a,
		struct org_problems *problems);

/* The problem that a failed check left in r->err is noted. Returns `ok`. */
bool files_ok(struct files_reader *r, bool ok);
/* A problem at the position of a value, or of its name. Always false. */
bool files_problem(struct files_reader *r, const struct val *at, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
bool files_problem_name(struct files_reader *r, const struct val *at, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
/* Are more problems still kept? Work that only makes a message better can be saved then. */
bool files_room(const struct files_reader *r);
/* Ends a reading: true where there was no problem, else they are sorted by place and *err is
 * the first of them. */
bool files_done(const struct files_reader *r, size_t first, struct err *err);

/* Where a value stands, in the file being read. */
struct org_pos files_pos(const struct files_reader *r, const struct val *v);
struct org_pos files_name_pos(const struct files_reader *r, const struct val *v);
/* " (also at accounts.yaml:3:9)" for duplicates. */
const char *files_also(struct files_reader *r, struct org_pos pos);
/* ", did you mean 'x'?" or "". */
const char *files_did_you_mean(struct files_reader *r, struct str word, const struct str *known,
			       size_t n);

/* A name inside the folder, as messages call it (a "." before it is left out). */
const char *files_path(struct files_reader *r, const char *name);
/* Is there a file, or a folder? What is there and is neither (a pipe, a dead link) is a problem. */
bool files_is_there(struct files_reader *r, const char *path, bool folder);
/* The names in a subfolder, sorted. false: it is not there, or a problem and r->lost |= part. */
bool files_folder(struct files_reader *r, const char *folder, enum files_part part,
		  struct str **names, size_t *n);
/*
 * Reads a YAML file and makes it the one that checks speak of. NULL with no
 * problem: it is not there; NULL with r->lost |= part: it could not be read.
 */
const struct val *files_load(struct files_reader *r, const char *name, enum files_part part);
/* The YAML files of a subfolder, sorted: `each` for every one that could be read. */
void files_load_all(struct files_reader *r, const char *folder, enum files_part part,
		    void (*each)(struct files_reader *r, const struct val *v));

/* A mapping: every unknown key is a problem. false: it is none, do not go on. */
bool files_keys(struct files_reader *r, const struct val *v, const char *what,
		const char *const *known, size_t n);
/* A list (false: it is none; an empty file is an empty list, and true). */
bool files_list(struct files_reader *r, const struct val *v, const char *what);
/* The items of `name`, a list of mappings or absent. */
const struct val *files_items(struct files_reader *r, const struct val *v, const char *name);
/* A mapping of strings to strings: tags. */
void files_tags(struct files_reader *r, const struct val *v, const char *name, struct org_tag **out,
		size_t *n);
/* A policy document, a mapping or JSON text, as JSON text; policy/ has parsed it. */
bool files_document(struct files_reader *r, const struct val *v, const char *what,
		    enum policy_kind kind, struct str *out);

/* ---- names that must be somewhere ---- */

/* `at` is the value that holds the name. Where the part is lost, everything is known. */
bool files_known_account(struct files_reader *r, const struct val *at, struct str name);
bool files_known_unit(struct files_reader *r, const struct val *at, struct str name);
bool files_known_group(struct files_reader *r, const struct val *at, struct str name);
bool files_known_policy(struct files_reader *r, const struct val *at, struct str name);
bool files_known_set(struct files_reader *r, const struct val *at, struct str name);

/* `in:`, a choice of accounts (org/org.h). */
void files_selector(struct files_reader *r, const struct val *object, const char *name,
		    struct org_selector *out);

/*
 * policy/ gives its own reason and AWS's sentence, for the sandbox to answer
 * with. In a file the reason is what helps, and it stands before the sentence.
 */
void files_without_aws(struct err *err);

/* "o-" and 10 to 32 lower-case letters or digits. */
bool files_is_organization_id(struct str s);

/* ---- one of each kind of file ---- */

void files_settings(struct files_reader *r);        /* rootout.yaml */
void files_policies(struct files_reader *r);        /* policies/ */
void files_groups(struct files_reader *r);          /* groups.yaml */
void files_permission_sets(struct files_reader *r); /* permission-sets.yaml */
void files_accounts(struct files_reader *r);        /* accounts.yaml, accounts/ */
void files_access(struct files_reader *r);          /* access/ */
void files_root(struct files_reader *r);            /* root.yaml */

#endif
