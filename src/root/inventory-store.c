#include <stdlib.h>

#include "base/limits.h"
#include "base/map.h"
#include "root/facts-json.h"
#include "root/inventory-private.h"
#include "text/json.h"

/* ---- saving ---- */

struct saving {
	struct arena *arena;
	struct str org, run;
	int64_t time_ms;
	struct str *ids, *contents;
	bool *was_read;
	size_t n;
};

static bool take_id(const struct store_row *r, void *ctx)
{
	*(int64_t *)ctx = store_col_int(r, 0);
	return false;
}

static bool save(struct store_tx *tx, void *ctx, struct err *err)
{
	struct saving *s = ctx;
	int64_t id = 0;
	struct store_value head[] = {STORE_S(s->org), STORE_S(s->run), STORE_I(s->time_ms)};

	if (!store_tx_exec(tx, "INSERT INTO inventory (org, run, time_ms) VALUES (?1, ?2, ?3)",
			   head, ARRAY_SIZE(head), err) ||
	    !store_tx_query(tx, "SELECT last_insert_rowid()", NULL, 0, take_id, &id, err))
		return false;
	for (size_t i = 0; i < s->n; i++) {
		struct store_value row[] = {STORE_I(id), STORE_I(i), STORE_S(s->ids[i]),
					    STORE_S(s->contents[i]), STORE_I(s->was_read[i])};

		if (!store_tx_exec(tx,
				   "INSERT INTO inventory_row (inventory, place, account, content, "
				   "was_read) "
				   "VALUES (?1, ?2, ?3, ?4, ?5)",
				   row, ARRAY_SIZE(row), err))
			return false;
	}
	return true;
}

static void saving_free(void *ctx)
{
	struct saving *s = ctx;
	struct arena *a = s->arena;

	arena_free(&a);
}

void inventory_save(struct root_run *run, const struct inventory *inv)
{
	struct arena *a = arena_new(), *scratch = arena_new();
	struct saving *s = arena_new_of(a, struct saving);

	s->arena = a;
	s->org = arena_str(a, run->org_id.p ? run->org_id : STR(""));
	s->run = arena_str(a, run->id);
	s->time_ms = inv->taken_ms;
	s->ids = arena_calloc(a, inv->nrows + 1, sizeof(*s->ids));
	s->contents = arena_calloc(a, inv->nrows + 1, sizeof(*s->contents));
	s->was_read = arena_calloc(a, inv->nrows + 1, sizeof(*s->was_read));
	for (size_t i = 0; i < inv->nrows; i++) {
		s->ids[i] = arena_str(a, inv->rows[i]->account->id);
		s->was_read[i] = inv->rows[i]->read_ms != 0;
		s->contents[i] =
			arena_str(a, json_text(scratch, root_facts_val(scratch, inv->rows[i])));
		arena_reset(scratch);
	}
	s->n = inv->nrows;
	arena_free(&scratch);
	store_write_later(run->store, save, s, saving_free);
}

/* ---- the last one ---- */

struct loading {
	struct inventory *inv;
	struct arena *scratch;
	int64_t id, time_ms;
	struct err *err;
	bool failed;
};

static bool take_head(const struct store_row *r, void *ctx)
{
	struct loading *l = ctx;

	l->id = store_col_int(r, 0);
	l->time_ms = store_col_int(r, 1);
	return false;
}

static bool take_row(const struct store_row *r, void *ctx)
{
	struct loading *l = ctx;
	struct val *v;

	if (!json_read(store_col_str(r, 0), 0, l->scratch, &v, l->err)) {
		l->failed = true;
		return false;
	}
	inventory_add(l->inv, root_facts_from_val(v));
	arena_reset(l->scratch);
	return true;
}

/* Two texts, because each is prepared once and kept. */
static const char newest_rows[] =
	"SELECT r.content FROM inventory_row r JOIN inventory i ON i.id = r.inventory "
	"WHERE i.org = ?1 AND r.inventory = (SELECT MAX(n.inventory) FROM inventory_row n "
	"WHERE n.account = r.account) ORDER BY r.account";
static const char newest_read_rows[] =
	"SELECT r.content FROM inventory_row r JOIN inventory i ON i.id = r.inventory "
	"WHERE i.org = ?1 AND r.inventory = (SELECT MAX(n.inventory) FROM inventory_row n "
	"WHERE n.account = r.account AND n.was_read = 1) ORDER BY r.account";

static bool load(struct root_run *run, struct str org_id, const char *rows, struct inventory **out,
		 struct err *err)
{
	struct store_value org[] = {STORE_S(org_id.p ? org_id : STR(""))};
	struct loading l = {.err = err};
	bool ok;

	*out = NULL;
	if (!store_query(run->store,
			 "SELECT id, time_ms FROM inventory WHERE org = ?1 ORDER BY time_ms DESC, "
			 "id DESC "
			 "LIMIT 1",
			 org, ARRAY_SIZE(org), take_head, &l, err))
		return false;
	if (!l.id)
		return true;
	l.inv = inventory_new(l.time_ms);
	l.scratch = arena_new();
	ok = store_query(run->store, rows, org, ARRAY_SIZE(org), take_row, &l, err) && !l.failed;
	arena_free(&l.scratch);
	if (!ok) {
		inventory_free(&l.inv);
		return err_wrap(err, "cannot read the last inventory from the store");
	}
	*out = l.inv;
	return true;
}

bool inventory_last(struct root_run *run, struct str org_id, struct inventory **out,
		    struct err *err)
{
	return load(run, org_id, newest_rows, out, err);
}

bool inventory_last_read(struct root_run *run, struct str org_id, struct inventory **out,
			 struct err *err)
{
	return load(run, org_id, newest_read_rows, out, err);
}

/* ---- what changed ---- */

static void say(struct buf *b, const char *what, const char *how)
{
	buf_addf(b, "%s%s %s", b->n ? ", " : "", what, how);
}

static void tri_change(struct buf *b, const char *what, enum tri was, enum tri is)
{
	if (was != TRI_UNKNOWN && is != TRI_UNKNOWN && was != is)
		say(b, what, is == TRI_YES ? "added" : "removed");
}

static bool has_key(const struct root_facts *f, struct str id)
{
	for (size_t i = 0; i < f->nkeys; i++)
		if (str_eq(f->keys[i].id, id))
			return true;
	return false;
}

/* Are its keys known by id? The credential report tells of keys without ids. */
static bool names_keys(const struct root_facts *f)
{
	for (size_t i = 0; i < f->nkeys; i++)
		if (!f->keys[i].id.n)
			return false;
	return f->have_keys || f->keys_present == TRI_NO;
}

/* The key ids where both lists were read; else only what the summaries tell. */
static void keys_change(struct buf *b, const struct root_facts *was, const struct root_facts *is)
{
	if (!names_keys(was) || !names_keys(is)) {
		tri_change(b, "access key", was->keys_present, is->keys_present);
		return;
	}
	for (size_t i = 0; i < was->nkeys; i++)
		if (!has_key(is, was->keys[i].id))
			buf_addf(b, "%skey %.*s removed", b->n ? ", " : "",
				 STR_ARG(was->keys[i].id));
	for (size_t i = 0; i < is->nkeys; i++) {
		const struct root_key *k = &is->keys[i];

		if (!has_key(was, k->id))
			buf_addf(b, "%skey %.*s added", b->n ? ", " : "", STR_ARG(k->id));
		for (size_t j = 0; j < was->nkeys; j++)
			if (str_eq(k->id, was->keys[j].id) && k->used_ms > was->keys[j].used_ms)
				buf_addf(b, "%skey %.*s used", b->n ? ", " : "", STR_ARG(k->id));
	}
}

/* An account that joined since is new; one that no inventory chose before is not. */
static void compare_row(struct root_facts *is, const struct root_facts *was, int64_t before_ms)
{
	struct buf b = BUF_INIT(KIB(4));

	if (!was && is->account->joined_ms > before_ms) {
		buf_addz(&b, "new account");
	} else if (was) {
		tri_change(&b, "password", was->password, is->password);
		keys_change(&b, was, is);
		tri_change(&b, "certificate", was->certs_present, is->certs_present);
		tri_change(&b, "MFA", was->mfa, is->mfa);
		if (was->read_ms && !is->read_ms && is->state == ROOT_STATE_UNREAD)
			say(&b, "could be read", "then");
	}
	if (b.n)
		is->changes = arena_str(is->arena, buf_str(&b));
	buf_release(&b);
}

void inventory_compare(struct inventory *now, const struct inventory *before)
{
	struct map by_id;

	map_init(&by_id);
	now->previous_ms = before->taken_ms;
	for (size_t i = 0; i < before->nrows; i++)
		map_put(&by_id, before->rows[i]->account->id, before->rows[i]);
	for (size_t i = 0; i < now->nrows; i++)
		compare_row(now->rows[i], map_get(&by_id, now->rows[i]->account->id),
			    before->taken_ms);
	map_release(&by_id);
}
