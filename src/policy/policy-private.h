#ifndef ROOTOUT_POLICY_POLICY_PRIVATE_H
#define ROOTOUT_POLICY_POLICY_PRIVATE_H

/*
 * What the files of policy/ share: the parsed form of a document, and the
 * request as the evaluator sees it. For siblings and tests only.
 *
 * Everything that does not depend on the request is done when the document is
 * parsed: actions are lower case and cut into service and name, wildcards are
 * classified, operands are numbers, dates, networks and ARN parts already.
 */

#include "base/clock.h"
#include "base/mem.h"
#include "policy/policy.h"

/*
 * Wildcards inside a parsed pattern: bytes that valid UTF-8 never contains, so
 * that a literal '*' (written ${*}, or brought by a variable) stays literal.
 */
#define GLOB_STAR 0xFE
#define GLOB_ANY 0xFF

/* Longest request texts that are looked at; AWS issues nothing longer (ARN 2048, action 128). */
#define POLICY_MAX_ACTION 256
#define POLICY_MAX_PRINCIPAL 2048
#define POLICY_MAX_TAGS 256 /* AWS's services take 50 tags at most, some 200 */
/* An expanded pattern up to here lives on the stack; a longer one is allocated. */
#define POLICY_EXPAND_STACK 1024

/* ---- glob.c, glob-long.c ---- */

struct glob_cursor {
	size_t at;    /* byte offset */
	uint8_t half; /* 1: behind the first UTF-16 unit of the character at `at` */
};

struct glob {
	const unsigned char *p; /* pattern */
	size_t pn;
	const unsigned char *t; /* text */
	size_t tn;
	unsigned char star, any;
	bool fold; /* ASCII letters without case */
};

bool glob_run(const struct glob *g);
/* In the parsed form (GLOB_STAR, GLOB_ANY), with case. */
bool glob_match(struct str pattern, struct str text);
/* Pattern bytes [from, to), without a star, at cursor: the cursor behind them. */
bool glob_here(const struct glob *g, size_t from, size_t to, struct glob_cursor *c,
	       struct glob_cursor end);
void glob_step(const struct glob *g, struct glob_cursor *c);
bool glob_search_long(const struct glob *g, size_t from, size_t to, struct glob_cursor *c,
		      struct glob_cursor end);

/* ---- pattern.c: a text with wildcards and variables ---- */

enum pattern_kind {
	PATTERN_ALL,     /* "*" */
	PATTERN_LITERAL, /* no wildcard */
	PATTERN_PREFIX,  /* text, then one '*' at the end */
	PATTERN_GLOB,
	PATTERN_VARIABLE, /* parts to be put together for each request */
};

struct pattern_part {
	struct str text; /* parsed form; STR_NULL: the variable `key` */
	struct str key;
	uint32_t key_hash;
	uint8_t derived;      /* enum derived_key */
	struct str otherwise; /* the variable's default; STR_NULL: none */
};

struct pattern {
	enum pattern_kind kind;
	struct str text; /* parsed form (PREFIX: without the star) */
	const struct pattern_part *parts;
	size_t nparts;
};

enum pattern_flags {
	PATTERN_WILDCARDS = 1, /* '*' and '?' are special */
	PATTERN_VARIABLES = 2, /* ${…} is (document of version 2012-10-17) */
};

void pattern_parse(struct pattern *p, struct str text, unsigned flags, struct arena *a);
/* Classify a text that is in the parsed form already. */
void pattern_set(struct pattern *p, struct str text);
/* The text with the star that PREFIX and ALL go without; not for VARIABLE. */
struct str pattern_whole(const struct pattern *p);
bool pattern_match(const struct pattern *p, struct str text); /* not for VARIABLE */

struct policy_ctx;

/* A variable pattern's text for this request. */
struct expansion {
	struct str text; /* parsed form */
	char stack[POLICY_EXPAND_STACK];
	char *heap; /* NULL unless the text was longer than the stack part */
};

/* False: a variable has no single value in this request. Release in any case. */
bool expansion_init(struct expansion *e, const struct pattern *p, struct policy_ctx *ctx);
void expansion_release(struct expansion *e);

/* ---- operand.c, date.c, ip.c: typed operands ---- */

struct decimal {
	struct str digits; /* without leading and trailing zeros; may contain one '.' */
	int64_t exponent;  /* of the first digit; value = 0.d1d2d3… * 10^exponent */
	int sign;          /* -1, 0, 1 */
};

bool decimal_parse(struct str s, struct decimal *d);
int decimal_cmp(const struct decimal *a, const struct decimal *b);

bool date_parse(struct str s, int64_t *ms); /* truncated to milliseconds */

struct ip {
	uint8_t bytes[16];
	uint8_t bits; /* 32 or 128 */
};

struct ip_net {
	struct ip ip;
	uint8_t prefix;
};

bool ip_parse(struct str s, struct ip *out);         /* as written */
bool ip_parse_request(struct str s, struct ip *out); /* mapped addresses become IPv4 */
bool ip_net_parse(struct str s, struct ip_net *out);
bool ip_net_has(const struct ip_net *net, const struct ip *ip);

#define ARN_PARTS 6

struct arn {
	struct str part[ARN_PARTS];
};

bool arn_split(struct str s, struct arn *out);

/* ---- lowercase.c ---- */

/* Equal when both are lower-cased as AWS does it (facts in the .c file). */
bool policy_eq_nocase(struct str a, struct str b);

/* ---- condition.c ---- */

enum cond_type {
	COND_STRING,        /* StringEquals */
	COND_STRING_NOCASE, /* StringEqualsIgnoreCase */
	COND_STRING_LIKE,
	COND_NUMERIC,
	COND_DATE,
	COND_BOOL,
	COND_BINARY,
	COND_IP,
	COND_ARN, /* ArnEquals and ArnLike are the same */
	COND_NULL,
};

enum cond_cmp { CMP_EQ, CMP_LT, CMP_LE, CMP_GT, CMP_GE };

enum cond_set { COND_SCALAR, COND_FOR_ALL, COND_FOR_ANY };

struct cond_op {
	enum cond_type type;
	enum cond_cmp cmp;
	enum cond_set set;
	bool negated;
	bool if_exists;
};

/* "ForAllValues:StringNotEqualsIfExists" and the like; case does not matter. */
bool cond_op_parse(struct str name, struct cond_op *op);
/* "StringEquals", without set and IfExists; of ArnEquals and ArnLike, which are one: ArnEquals. */
const char *cond_op_name(const struct cond_op *op);

struct operand {
	bool valid;             /* for its type */
	struct str text;        /* NUMERIC, BINARY; DATE and IP to explain with */
	struct pattern pattern; /* strings, booleans, ARNs */
	union {
		bool truth; /* BOOL, NULL */
		struct decimal number;
		int64_t ms;
		struct ip_net net;
		const struct pattern *arn; /* ARN_PARTS of them */
	} u;
};

struct condition {
	struct cond_op op;
	struct str key;
	uint32_t key_hash; /* without case */
	uint8_t derived;   /* enum derived_key */
	struct operand *values;
	size_t n;
	uint32_t line, col;
};

void operand_parse(struct operand *o, struct str text, const struct cond_op *op, unsigned flags,
		   struct arena *a);

/* ERROR: an ARN of the policy is malformed; an Allow is not granted, a Deny denies. */
enum verdict { VERDICT_NO, VERDICT_YES, VERDICT_ERROR };

enum verdict condition_holds(const struct condition *c, struct policy_ctx *ctx);

/* ---- statements ---- */

enum action_kind {
	ACTION_ALL,     /* "*" */
	ACTION_SERVICE, /* "iam:*" */
	ACTION_EXACT,   /* "iam:listusers" */
	ACTION_PREFIX,  /* "iam:list*" */
	ACTION_NAME,    /* service exact, name with wildcards */
	ACTION_GLOB,    /* wildcards in the service too */
};

struct action {
	struct str whole; /* lower case, parsed form */
	enum action_kind kind;
	uint32_t service_n; /* bytes before the colon */
};

static inline struct str action_service(const struct action *a)
{
	return (struct str){a->whole.p, a->service_n};
}

/* PREFIX: without the star. */
static inline struct str action_name(const struct action *a)
{
	size_t n = a->whole.n - a->service_n - 1;
	return (struct str){a->whole.p + a->service_n + 1, n - (a->kind == ACTION_PREFIX)};
}

enum principal_kind {
	WHO_ANYONE,    /* "*" */
	WHO_ACCOUNT,   /* 123456789012 or arn:…:root */
	WHO_USER,      /* arn:aws:iam::…:user/… */
	WHO_ROLE,      /* arn:aws:iam::…:role/… */
	WHO_SESSION,   /* arn:aws:sts::…:assumed-role/… */
	WHO_FEDERATED, /* arn:aws:sts::…:federated-user/… */
	WHO_TEXT,      /* service, identity provider, canonical user: compared whole */
};

struct who {
	enum principal_kind kind;
	struct str text;
	struct str account;
	struct str name; /* ROLE: behind the path */
};

struct statement {
	bool deny;
	bool not_action, not_resource, not_principal;
	bool has_resource, has_principal;
	struct action *actions;
	size_t nactions;
	struct pattern *resources;
	size_t nresources;
	struct who *who;
	size_t nwho;
	struct condition *conditions;
	size_t nconditions;
	struct str sid;
	uint32_t line, col;
};

struct policy {
	struct str name;
	struct str id;
	enum policy_kind kind;
	bool variables; /* version 2012-10-17 */
	struct statement *statements;
	size_t n;
};

/* ---- the request, prepared once for a decision (request.c, keys.c) ---- */

/*
 * Policies ask for the same few keys again and again: what was found for a key
 * is remembered by the place that its hash gives it.
 */
#define KEY_MEMOS 16

struct key_memo {
	struct str key;            /* as the condition has it; STR_NULL: unused */
	struct policy_value value; /* n 0: the request has none */
	struct str derived;        /* what value points to for a derived key */
};

struct policy_ctx {
	const struct policy_request *req;
	struct str service; /* lower case, in `action` */
	struct str name;
	struct str whole;

	enum principal_type type;
	struct str partition;
	struct str account;          /* of the principal; STR_NULL: service or anonymous */
	struct str who_name;         /* user name with path, role name, session's role name */
	struct str username;         /* of a user, behind the path */
	struct str resource_account; /* STR_NULL: not known */
	struct str region;
	bool same_account;
	bool service_linked;
	bool bounded;    /* a user or role with a permissions boundary */
	bool impossible; /* a principal or an action that AWS could not have issued */

	bool has_principal_arn;
	struct str principal_arn; /* a session's role, else the principal */
	struct key_memo memo[KEY_MEMOS];
	struct str arn_text; /* that `arn` was split from */
	struct arn arn_parts;
	bool arn_valid;
	/* From here on written before it is read. */
	char role_arn[POLICY_MAX_PRINCIPAL];
	char action[POLICY_MAX_ACTION];
	char userid[128];
	char time[TIME_ISO_SIZE];
	struct str tag_keys[POLICY_MAX_TAGS];
};

enum derived_key {
	DERIVED_NONE,
	DERIVED_PRINCIPAL_ARN,
	DERIVED_PRINCIPAL_ACCOUNT,
	DERIVED_PRINCIPAL_TYPE,
	DERIVED_PRINCIPAL_IS_SERVICE,
	DERIVED_PRINCIPAL_SERVICE_NAME,
	DERIVED_USERNAME,
	DERIVED_RESOURCE_ACCOUNT,
	/* From here on from what the request may leave out. */
	DERIVED_SOMETIMES,
	DERIVED_VIA_SERVICE = DERIVED_SOMETIMES,
	DERIVED_USERID,
	DERIVED_CALLED_VIA_FIRST,
	DERIVED_CALLED_VIA_LAST,
	DERIVED_REQUESTED_REGION,
	DERIVED_TAG_KEYS,
	DERIVED_CURRENT_TIME,
	DERIVED_EPOCH_TIME,
};

void policy_ctx_init(struct policy_ctx *ctx, const struct policy_request *req);
enum derived_key derived_key_of(struct str name);
/* Follows from principal and resource alone: it is known whatever else is not. */
bool derived_always(enum derived_key key);
uint32_t key_hash_of(struct str name); /* without case */

/*
 * The value of a condition key: the caller's, else what follows from the
 * request. NULL: absent. The answer lives until the next question.
 */
const struct policy_value *policy_ctx_key(struct policy_ctx *ctx, struct str key, uint32_t hash,
					  enum derived_key derived);
/* The parts of an ARN of the request; remembers the last one. False: malformed. */
bool policy_ctx_arn(struct policy_ctx *ctx, struct str text, struct arn *out);

/* ---- match.c ---- */

bool action_matches(const struct action *a, const struct policy_ctx *ctx);

/* How a statement's Principal meets the requester, weakest first. */
enum who_match {
	WHO_NONE,
	WHO_BY_ACCOUNT, /* the account was named: its own policies must allow too */
	WHO_BY_ROLE,    /* the role was named, a session asks: boundary and session limit it */
	WHO_DIRECT,
};

enum who_match statement_who(const struct statement *s, const struct policy_ctx *ctx);
/* Everything but the principal; action_known: nor the action. */
enum verdict statement_applies(const struct statement *s, struct policy_ctx *ctx,
			       bool action_known);

#endif
