#include "root/waves.h"

/* AWS's time is known by its Date, which has whole seconds. */
#define TIME_GRAIN_MS 2000

struct reading {
	struct wave_state *v;
	size_t n;
};

static bool take(const struct store_row *r, void *ctx)
{
	struct reading *rd = ctx;

	for (size_t i = 0; i < rd->n; i++)
		if (str_eq(rd->v[i].wave->name, store_col_str(r, 0)))
			rd->v[i].done_ms = store_col_int(r, 1);
	return true;
}

bool waves_read(struct root_run *run, const struct org *files, struct arena *a,
		struct wave_state **out, size_t *n, struct err *err)
{
	struct store_value v[] = {STORE_S(run->org_id.p ? run->org_id : STR(""))};
	struct reading rd = {
		.v = arena_calloc(a, files->root.nwaves + 1, sizeof(*rd.v)),
		.n = files->root.nwaves,
	};

	for (size_t i = 0; i < rd.n; i++)
		rd.v[i].wave = &files->root.waves[i];
	*out = rd.v;
	*n = rd.n;
	return store_query(run->store, "SELECT name, done_ms FROM wave WHERE org = ?1", v,
			   ARRAY_SIZE(v), take, &rd, err);
}

static bool after_is_done(const struct wave_state *waves, size_t n, const struct org_wave *wave,
			  const struct wave_words *words, int64_t now_ms, struct err *err)
{
	char wait[TIME_ISO_SIZE], until[TIME_ISO_SIZE];

	for (size_t i = 0; i < n; i++) {
		if (!str_eq(waves[i].wave->name, wave->after))
			continue;
		if (!waves[i].done_ms)
			return err_set(err, ERR_REFUSED,
				       "wave '%.*s' comes after '%.*s', which is not done (%s:%u): "
				       "run 'rootout "
				       "root retire --wave %.*s' first",
				       STR_ARG(wave->name), STR_ARG(wave->after), wave->pos.path,
				       wave->pos.line, STR_ARG(wave->after));
		if (words->skip_wait || now_ms + TIME_GRAIN_MS >= waves[i].done_ms + wave->wait_ms)
			return true;
		return err_set(
			err, ERR_REFUSED,
			"wave '%.*s' waits %s after '%.*s', until %s: come back then, or give "
			"--skip-wait",
			STR_ARG(wave->name), duration_text(wave->wait_ms, wait),
			STR_ARG(wave->after),
			time_iso(waves[i].done_ms + wave->wait_ms, false, until));
	}
	return true;
}

bool wave_may_begin(const struct wave_state *waves, size_t n, const struct org_wave *wave,
		    const struct wave_words *words, int64_t now_ms, struct err *err)
{
	char notice[TIME_ISO_SIZE];

	if (wave->after.n && !after_is_done(waves, n, wave, words, now_ms, err))
		return false;
	if (wave->approval.n && !words->approved_by.n)
		return err_set(
			err, ERR_REFUSED,
			"wave '%.*s' needs the approval of %.*s (%s:%u): say who gave it with "
			"--approved-by",
			STR_ARG(wave->name), STR_ARG(wave->approval), wave->pos.path,
			wave->pos.line);
	if (wave->notice_ms && (!words->noticed_ms || now_ms - words->noticed_ms < wave->notice_ms))
		return err_set(err, ERR_REFUSED,
			       "wave '%.*s' needs %s of notice to the owners (%s:%u): say with "
			       "--noticed DATE "
			       "since when they know",
			       STR_ARG(wave->name), duration_text(wave->notice_ms, notice),
			       wave->pos.path, wave->pos.line);
	return true;
}

struct str *wave_accounts(const struct org *files, const struct org_wave *wave, struct arena *a,
			  size_t *n)
{
	struct str *v = arena_calloc(a, files->naccounts + 1, sizeof(*v));
	bool unknown;

	*n = 0;
	for (size_t i = 0; i < files->naccounts; i++)
		if (org_selects(files, &wave->in, files->accounts[i], &unknown))
			v[(*n)++] = files->accounts[i]->id.n ? files->accounts[i]->id
							     : files->accounts[i]->name;
	return v;
}

struct done {
	struct root_run *run;
	const struct org_wave *wave;
	size_t accounts;
	struct str approved_by;
};

static bool upsert(struct store_tx *tx, void *ctx, struct err *err)
{
	struct done *d = ctx;
	struct store_value v[] = {
		STORE_S(d->run->org_id.p ? d->run->org_id : STR("")),
		STORE_S(d->wave->name),
		STORE_S(d->run->id),
		STORE_I(aws_now_ms(d->run->aws)),
		STORE_I(d->accounts),
		STORE_S(d->approved_by),
	};

	/* The first time counts: a wave that is run again later does not begin its wait anew. */
	return store_tx_exec(
		tx,
		"INSERT INTO wave (org, name, run, done_ms, accounts, approved_by) VALUES "
		"(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (org, name) DO NOTHING",
		v, ARRAY_SIZE(v), err);
}

bool wave_done(struct root_run *run, const struct org_wave *wave, size_t accounts,
	       struct str approved_by, struct err *err)
{
	struct done d = {run, wave, accounts, approved_by};

	return store_write(run->store, upsert, &d, err);
}
