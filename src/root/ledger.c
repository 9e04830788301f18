#include "root/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/limits.h"
#include "root/ledger-private.h"
#include "text/json.h"

/* An entry on its way to the writer's thread, with memory of its own. */
struct ledger_pending {
	struct arena *arena;
	const struct aws *aws;
	struct str run, kind, who, reason, org, account_id, account_name;
	struct val *detail;
};

void ledger_pending_free(void *ctx)
{
	struct ledger_pending *p = ctx;
	struct arena *a = p->arena;

	arena_free(&a);
}

struct ledger_pending *ledger_prepare(struct root_run *run, const struct ledger_entry *e)
{
	struct arena *a = arena_new_small();
	struct ledger_pending *p = arena_new_of(a, struct ledger_pending);

	p->arena = a;
	p->aws = run->aws;
	p->run = arena_str(a, run->id);
	p->kind = arena_str(a, e->kind);
	p->who = arena_str(a, run->who);
	p->reason = arena_str(a, str_is_null(e->reason) ? run->reason : e->reason);
	p->org = arena_str(a, run->org_id);
	p->account_id = arena_str(a, e->account_id);
	p->account_name = arena_str(a, e->account_name);
	p->detail = e->detail ? val_copy(a, e->detail) : val_object(a);
	return p;
}

struct head {
	int64_t n;
	char hash[SHA256_HEX_SIZE];
};

static bool take_head(const struct store_row *r, void *ctx)
{
	struct head *h = ctx;
	struct str hash = store_col_str(r, 1);

	h->n = store_col_int(r, 0);
	if (hash.n < sizeof(h->hash))
		memcpy(h->hash, hash.p, hash.n + 1);
	return false;
}

/* The text that is hashed and kept: every member but the hash itself. */
static struct str content_of(struct ledger_pending *p, int64_t n, int64_t now_ms)
{
	struct arena *a = p->arena;
	struct val *o = val_object(a);
	char iso[TIME_ISO_SIZE];

	val_set_int(a, o, "n", n);
	val_set_str(a, o, "time", arena_strz(a, time_iso(now_ms, true, iso)));
	val_set_str(a, o, "run", p->run);
	val_set_str(a, o, "kind", p->kind);
	val_set_str(a, o, "who", p->who);
	val_set_str(a, o, "reason", p->reason);
	val_set_str(a, o, "organization", p->org);
	val_set_str(a, o, "accountId", p->account_id);
	val_set_str(a, o, "accountName", p->account_name);
	val_setz(o, "detail", p->detail);
	return json_text(a, o);
}

static void chain(struct str previous, struct str content, char out[SHA256_HEX_SIZE])
{
	unsigned char digest[SHA256_SIZE];
	struct str pieces[] = {previous, STR("\n"), content};

	sha256_pieces(pieces, ARRAY_SIZE(pieces), digest);
	hex_put(digest, sizeof(digest), out);
}

bool ledger_append(struct store_tx *tx, void *ctx, struct err *err)
{
	struct ledger_pending *p = ctx;
	struct head head = {0};
	char hash[SHA256_HEX_SIZE];
	int64_t now_ms = aws_now_ms(p->aws);
	struct str content;

	if (!store_tx_query(tx, "SELECT n, hash FROM ledger ORDER BY n DESC LIMIT 1", NULL, 0,
			    take_head, &head, err))
		return false;
	content = content_of(p, head.n + 1, now_ms);
	chain(str_of(head.hash), content, hash);

	struct store_value v[] = {
		STORE_I(head.n + 1),
		STORE_I(now_ms),
		STORE_S(str_is_null(p->org) ? STR("") : p->org),
		STORE_S(p->run),
		STORE_S(p->kind),
		STORE_S(p->account_id),
		STORE_S(content),
		STORE_Z(head.hash),
		STORE_Z(hash),
	};
	return store_tx_exec(tx,
			     "INSERT INTO ledger (n, time_ms, org, run, kind, account, content, "
			     "previous, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
			     v, ARRAY_SIZE(v), err);
}

bool ledger_add(struct root_run *run, const struct ledger_entry *e, bool wait, struct err *err)
{
	struct ledger_pending *p = ledger_prepare(run, e);
	bool ok = true;

	if (wait) {
		ok = store_write(run->store, ledger_append, p, err);
		ledger_pending_free(p);
	} else {
		store_write_later(run->store, ledger_append, p, ledger_pending_free);
	}
	return ok;
}

/* ---- reading ---- */

struct reading {
	const struct ledger_filter *filter;
	struct arena *arena;
	struct ledger_entry *v;
	size_t n, cap;
	struct err *err;
	bool failed;
};

static bool fill(struct reading *rd, const struct store_row *r, struct ledger_entry *e)
{
	struct str content = arena_str(rd->arena, store_col_str(r, 1));
	struct val *o;

	e->n = store_col_int(r, 0);
	e->previous = arena_str(rd->arena, store_col_str(r, 2));
	e->hash = arena_str(rd->arena, store_col_str(r, 3));
	if (!json_read(content, 0, rd->arena, &o, rd->err))
		return err_wrap(rd->err,
				"entry %lld of the ledger cannot be read (see 'rootout root "
				"ledger --verify')",
				(long long)e->n);
	/* All from the text that the hash covers, nothing from the columns beside it. */
	if (!time_parse_iso(val_get_str(o, "time"), &e->time_ms))
		e->time_ms = 0;
	e->run = val_get_str(o, "run");
	e->kind = val_get_str(o, "kind");
	e->who = val_get_str(o, "who");
	e->reason = val_get_str(o, "reason");
	e->account_id = val_get_str(o, "accountId");
	e->account_name = val_get_str(o, "accountName");
	e->detail = val_get(o, "detail");
	return true;
}

static bool take_entry(const struct store_row *r, void *ctx)
{
	struct reading *rd = ctx;
	const struct ledger_filter *f = rd->filter;
	struct ledger_entry e = {0};

	if (!fill(rd, r, &e)) {
		rd->failed = true;
		return false;
	}
	if ((f->account_id.n && !str_eq(e.account_id, f->account_id) &&
	     !str_eq(e.account_name, f->account_id)) ||
	    (f->kind.n && !str_eq(e.kind, f->kind)) || (f->run.n && !str_eq(e.run, f->run)) ||
	    (f->since_ms && e.time_ms < f->since_ms) || (f->until_ms && e.time_ms > f->until_ms))
		return true;
	rd->v = arena_grow(rd->arena, rd->v, rd->n, &rd->cap, sizeof(*rd->v));
	rd->v[rd->n++] = e;
	return true;
}

bool ledger_read(struct store *st, const struct ledger_filter *f, struct arena *a,
		 struct ledger_entry **out, size_t *n, struct err *err)
{
	struct reading rd = {.filter = f, .arena = a, .err = err};

	if (!store_query(st, "SELECT n, content, previous, hash FROM ledger ORDER BY n", NULL, 0,
			 take_entry, &rd, err) ||
	    rd.failed)
		return false;
	*out = rd.v;
	*n = rd.n;
	return true;
}

/* ---- proving ---- */

struct proving {
	struct arena *arena;
	struct arena *scratch; /* of one entry: a ledger of years fits */
	struct ledger_fault *faults;
	size_t nfaults, cap;
	size_t entries;
	int64_t last;
	char head[SHA256_HEX_SIZE];
};

static void fault(struct proving *p, int64_t n, const char *fmt, ...) PRINTF_LIKE(3, 4);

static void fault(struct proving *p, int64_t n, const char *fmt, ...)
{
	va_list ap;

	p->faults = arena_grow(p->arena, p->faults, p->nfaults, &p->cap, sizeof(*p->faults));
	va_start(ap, fmt);
	p->faults[p->nfaults++] =
		(struct ledger_fault){.n = n, .what = arena_vprintf(p->arena, fmt, ap)};
	va_end(ap);
}

/* The number inside the hashed text: who moves a row must change it, and then the hash tells. */
static int64_t inner_number(struct proving *p, struct str content)
{
	struct err ignored = {0};
	struct val *o;

	arena_reset(p->scratch);
	if (!json_read(content, 0, p->scratch, &o, &ignored))
		return -1;
	return val_i64(val_get(o, "n"), -1);
}

static bool prove_entry(const struct store_row *r, void *ctx)
{
	struct proving *p = ctx;
	int64_t n = store_col_int(r, 0), inner;
	struct str content = store_col_str(r, 1), previous = store_col_str(r, 2);
	struct str hash = store_col_str(r, 3);
	char expect[SHA256_HEX_SIZE];

	p->entries++;
	for (int64_t gap = p->last + 1; gap < n; gap++) {
		if (gap > p->last + 5) {
			fault(p, gap, "entries %lld to %lld are missing", (long long)gap,
			      (long long)(n - 1));
			break;
		}
		fault(p, gap, "entry %lld is missing", (long long)gap);
	}
	chain(previous, content, expect);
	inner = inner_number(p, content);
	if (!str_eqz(hash, expect))
		fault(p, n, "entry %lld was changed: its content does not fit its hash",
		      (long long)n);
	else if (inner != n)
		fault(p, n, "entry %lld was moved: it was written as entry %lld", (long long)n,
		      (long long)inner);
	else if (n == p->last + 1 && !str_eqz(previous, p->head))
		fault(p, n,
		      "entry %lld does not follow entry %lld as it stands: one of them was "
		      "replaced",
		      (long long)n, (long long)(n - 1));
	p->last = n;
	/* A hash that was cut or made longer fits nothing, and was a fault above. */
	snprintf(p->head, sizeof(p->head), "%.*s", STR_ARG(hash));
	return true;
}

bool ledger_verify(struct store *st, struct str expect, struct arena *a,
		   struct ledger_fault **faults, size_t *nfaults, size_t *entries, struct str *head,
		   struct err *err)
{
	struct proving p = {.arena = a, .scratch = arena_new()};
	bool ok = store_query(st, "SELECT n, content, previous, hash FROM ledger ORDER BY n", NULL,
			      0, prove_entry, &p, err);

	arena_free(&p.scratch);
	if (!ok)
		return false;
	if (expect.n && !str_eqz(expect, p.head))
		fault(&p, p.last,
		      "the ledger ends in %.12s…, not in the digest that was expected: entries at "
		      "its end "
		      "were removed or added",
		      p.head[0] ? p.head : "nothing");
	*faults = p.faults;
	*nfaults = p.nfaults;
	*entries = p.entries;
	*head = arena_strz(a, p.head);
	return true;
}
