#ifndef ROOTOUT_ORG_ORG_H
#define ROOTOUT_ORG_ORG_H

/*
 * What an organization is, whoever says it: files (org/files.h) or AWS
 * (org/live.h). Everything lives in one arena. AWS's terms: organizational
 * unit, account, service control policy, permission set, assignment.
 *
 * What could not be read is UNKNOWN, never empty: each part that comes from
 * calls of its own says whether it was read (`have_*`).
 */

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "text/val.h"

struct org_tag {
	struct str key, value;
};

/* Where in the files something was said; path NULL: not from a file. */
struct org_pos {
	const char *path;
	uint32_t line, col;
};

/* AWS's Account.State, from the retired Status only where State is absent. */
enum org_state {
	ORG_STATE_UNKNOWN, /* neither, or a value that we do not know */
	ORG_STATE_PENDING_ACTIVATION,
	ORG_STATE_ACTIVE,
	ORG_STATE_SUSPENDED,
	ORG_STATE_PENDING_CLOSURE,
	ORG_STATE_CLOSED,
};

struct org_unit {
	struct str id;           /* "r-…" or "ou-…"; STR_NULL in files */
	struct str name;         /* "Root" for the root */
	struct str path;         /* "Workloads/Production"; "" for the root */
	struct org_unit *parent; /* NULL: the root */
	struct str *policies;    /* names of policies attached here (files), or ids (live) */
	size_t npolicies;
	struct org_pos pos;
};

struct org_account {
	struct str id; /* 12 digits; STR_NULL: not made yet (files) */
	struct str name;
	struct str email;
	enum org_state state;
	struct org_unit *unit; /* NULL: not known (live, units not read) */
	struct str *policies;
	size_t npolicies;
	struct org_tag *tags;
	size_t ntags;
	bool have_tags;
	struct str *owners; /* groups or addresses (files) */
	size_t nowners;
	bool management;
	int64_t joined_ms;        /* 0: not known */
	struct str joined_method; /* "CREATED", "INVITED" */
	struct org_pos pos;
};

struct org_policy {
	struct str id;   /* "p-…" */
	struct str name; /* in files: the file's name without .json */
	struct str type; /* "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY" */
	struct str description;
	struct str content; /* JSON text; STR_NULL: not read */
	bool aws_managed;
	struct org_pos pos;
};

struct org_group {
	struct str name, description;
	struct str *members; /* user names */
	size_t nmembers;
	struct org_pos pos;
};

struct org_permission_set {
	struct str name, description;
	int64_t session_ms;
	struct str *managed_policies; /* ARNs, or names of AWS's policies */
	size_t nmanaged;
	struct str inline_policy; /* STR_NULL: none */
	struct org_pos pos;
};

/*
 * A choice of accounts, the same everywhere: in: NAME, in: [NAME…], in: {unit: …, tag: {k: v},
 * name: "pos-*", except: […]}. Several of one kind mean "or" (tags: "and"), several
 * kinds "and"; `except` wins. A selector that says nothing chooses nothing.
 */
struct org_selector {
	struct str *names; /* account names or ids; patterns with * */
	size_t nnames;
	struct str *units; /* unit names or paths, with everything below */
	size_t nunits;
	struct org_tag *tags; /* all must match; value "*": any */
	size_t ntags;
	struct str *except; /* names, ids, patterns */
	size_t nexcept;
	bool all;
	struct org_pos pos;
};

struct org_assignment {
	struct str group, user; /* one of them */
	struct str permission_set;
	struct org_selector in;
	int64_t until_ms; /* 0: no end */
	struct str reason;
	struct org_pos pos;
};

struct org_wave {
	struct str name;
	struct org_selector in;
	struct str after; /* name of the wave before; STR_NULL: none */
	int64_t wait_ms;
	int64_t notice_ms;
	struct str approval; /* group; STR_NULL: none */
	struct org_pos pos;
};

struct org_keep {           /* a root user that stays, for a reason and a time */
	struct str account; /* name or id */
	struct str reason;
	int64_t until_ms;
	struct org_pos pos;
};

struct org_root_work { /* work that only a root user can do, declared open */
	struct str account;
	struct str task; /* "change the account alias", … */
	bool done;
	struct org_pos pos;
};

struct org_root_plan { /* root.yaml */
	bool present;
	bool credentials, sessions; /* the two features wanted */
	struct str delegate;        /* account name; STR_NULL: none */
	struct org_wave *waves;
	size_t nwaves;
	struct org_keep *keep;
	size_t nkeep;
	struct org_root_work *work;
	size_t nwork;
};

struct org {
	struct str id;   /* "o-…"; STR_NULL in files unless said */
	struct str name; /* files: organization: */
	struct str management_id;
	struct str region;       /* Identity Center's home */
	struct org_unit **units; /* the root first, parents before children */
	size_t nunits;
	struct org_account **accounts;
	size_t naccounts;
	struct org_policy **policies;
	size_t npolicies;
	struct org_group **groups;
	size_t ngroups;
	struct org_permission_set **permission_sets;
	size_t npermission_sets;
	struct org_assignment **assignments;
	size_t nassignments;
	struct org_root_plan root;
	bool have_units, have_policies;
	bool from_files;
	/* Policy types in force: live, those of the root; in files, always. */
	bool scp_enabled, rcp_enabled;
	/* rootout.yaml: which policies rootout owns, and how many of a hundred an apply may delete. */
	bool owns_scps, owns_rcps;
	int deletions_percent;
	struct org_index *index; /* of accounts; org.c's */
};

/* By id, exact name, or NULL. Where several have the name (AWS allows it): the first. */
struct org_account *org_account(const struct org *o, struct str id_or_name);
struct org_account *org_account_by_email(const struct org *o, struct str email); /* any case */
struct org_unit *org_unit(const struct org *o, struct str id_name_or_path);
struct org_policy *org_policy(const struct org *o, struct str id_or_name);
struct org_group *org_group(const struct org *o, struct str name);
struct org_permission_set *org_permission_set(const struct org *o, struct str name);
bool org_unit_is_below(const struct org_unit *u, const struct org_unit *ancestor); /* or equal */
struct str org_state_name(enum org_state s);                                       /* "ACTIVE" */
/* From the members State and Status of an Account (State wins where it is present). */
enum org_state org_state_of(const struct val *account);

/*
 * Does the selector choose the account? Sets *unknown when the answer hangs on what was not
 * read (tags, units) and returns false then. A name in a selector that fits no account is the
 * caller's to report: org_selector_check.
 */
bool org_selects(const struct org *o, const struct org_selector *s, const struct org_account *acct,
		 bool *unknown);
/* Names, ids, patterns and units that fit nothing: the first is the error, at the selector's
 * position, with the nearest name there is. */
bool org_selector_check(const struct org *o, const struct org_selector *s,
			struct err *err) MUST_CHECK;

#endif
