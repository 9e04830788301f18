/*
 * The inventory without any root event: an ordinary role in each member reads
 * GetAccountSummary and the credential report, whose row <root_account> also
 * tells the last uses.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
 */
#include <stdio.h>

#include "root/inventory-private.h"
#include "root/read.h"

#define REPORT_TRIES 20
#define REPORT_WAIT_MS 500
#define MAX_COLUMNS 64

/* A session of the role in the account; NULL on failure. */
static struct aws_identity *assume(struct root_run *run, struct aws_worker *w,
				   const struct root_facts *f, struct str role, bool *own,
				   struct err *err)
{
	struct aws_identity *id;

	/* The caller's own account needs no role: it has none of that name, mostly. */
	if (str_eq(f->account->id, run->who_account)) {
		*own = true;
		return run->caller;
	}
	if (!aws_role_session(w, run->caller, f->account->id, role, "rootout-inventory", &id, err))
		return NULL;
	return id;
}

static bool fetch_report(struct root_run *run, struct aws_worker *w, struct aws_identity *id,
			 struct arena *a, struct str *csv, struct err *err)
{
	struct val *out;

	for (int i = 0; i < REPORT_TRIES; i++) {
		if (!aws_call(w, id, "iam", "GenerateCredentialReport", NULL, a, &out, err))
			return false;
		if (str_eqz(val_get_str(out, "State"), "COMPLETE")) {
			if (!aws_call(w, id, "iam", "GetCredentialReport", NULL, a, &out, err))
				return false;
			*csv = val_get_str(out, "Content");
			return true;
		}
		clock_sleep_ms(aws_clock(run->aws), REPORT_WAIT_MS);
	}
	return err_set(err, ERR_PROTOCOL, "the credential report was not ready after %d s",
		       REPORT_TRIES * REPORT_WAIT_MS / 1000);
}

/* The report quotes nothing: names and ARNs cannot hold commas. */
static size_t split(struct str line, struct str *fields)
{
	size_t n = 0;
	struct str rest = line, field;

	while (n < MAX_COLUMNS && str_next(&rest, ',', &field))
		fields[n++] = str_trim(field);
	return n;
}

struct report {
	struct str names[MAX_COLUMNS], values[MAX_COLUMNS];
	size_t n;
};

static bool root_row(struct str csv, struct report *r)
{
	struct str line, rest = csv;
	size_t nnames;

	if (!str_next(&rest, '\n', &line))
		return false;
	nnames = split(line, r->names);
	while (str_next(&rest, '\n', &line)) {
		if (!str_startsz(line, "<root_account>,"))
			continue;
		r->n = split(line, r->values);
		if (r->n > nnames)
			r->n = nnames;
		return true;
	}
	return false;
}

static struct str cell(const struct report *r, const char *name)
{
	for (size_t i = 0; i < r->n; i++)
		if (str_eqz(r->names[i], name))
			return r->values[i];
	return STR_NULL;
}

/* "N/A", "no_information" and "not_supported" tell that there was no use that AWS knows of. */
static enum tri used(struct str text, int64_t *ms)
{
	if (!text.n)
		return TRI_UNKNOWN;
	if (time_parse_iso(text, ms))
		return TRI_YES;
	return TRI_NO;
}

/* The report's word for nothing is not a service's name. */
static struct str named(struct root_facts *f, struct str text)
{
	return str_eqz(text, "N/A") ? STR_NULL : arena_str(f->arena, text);
}

static void take_key(struct root_facts *f, const struct report *r, int number)
{
	char name[64];
	struct root_key k = {0};
	size_t cap = f->nkeys;

	snprintf(name, sizeof(name), "access_key_%d_active", number);
	struct str active = cell(r, name);

	snprintf(name, sizeof(name), "access_key_%d_last_rotated", number);
	struct str created = cell(r, name);

	/* An inactive key has a date of creation; no key at all has "N/A". */
	if (!time_parse_iso(created, &k.created_ms) && !str_eqz(active, "true"))
		return;
	k.active = str_eqz(active, "true");
	snprintf(name, sizeof(name), "access_key_%d_last_used_date", number);
	k.used = used(cell(r, name), &k.used_ms);
	snprintf(name, sizeof(name), "access_key_%d_last_used_service", number);
	k.used_service = named(f, cell(r, name));
	snprintf(name, sizeof(name), "access_key_%d_last_used_region", number);
	k.used_region = named(f, cell(r, name));
	f->keys = arena_grow(f->arena, f->keys, f->nkeys, &cap, sizeof(*f->keys));
	f->keys[f->nkeys++] = k;
}

static void take_report(struct root_facts *f, struct str csv)
{
	struct report *r = arena_new_of(f->arena, struct report);

	if (!root_row(csv, r)) {
		if (!f->reason.n) /* the summary may have said what matters more */
			f->reason = STR("the credential report has no row <root_account>");
		return;
	}
	f->password_used = used(cell(r, "password_last_used"), &f->password_used_ms);
	if (str_is_null(cell(r, "access_key_1_active")))
		return;
	take_key(f, r, 1);
	take_key(f, r, 2);
	f->have_keys = true;
}

void inventory_read_by_role(struct root_run *run, struct aws_worker *w, struct root_facts *f,
			    struct str role)
{
	struct arena *a = arena_new();
	struct err err = {0};
	bool own = false;
	struct aws_identity *id = assume(run, w, f, role, &own, &err);
	struct str csv;
	struct val *out;

	if (!id || !aws_call(w, id, "iam", "GetAccountSummary", NULL, a, &out, &err)) {
		root_facts_fail(f, ROOT_SESSION_UNTRIED, &err);
		goto done;
	}
	root_take_summary(f, out, aws_now_ms(run->aws));
	if (fetch_report(run, w, id, a, &csv, &err)) {
		take_report(f, csv);
	} else if (!f->reason.n) {
		char text[sizeof(err.message) + 128];

		f->reason = arena_strz(f->arena, err_text(&err, text, sizeof(text)));
	}
done:
	/* Its root user is read, and yet stays what no session can reach. */
	if (f->account->management && f->state != ROOT_STATE_UNREAD)
		f->state = ROOT_STATE_MANAGEMENT;
	if (!own)
		aws_identity_free(&id);
	arena_free(&a);
}
