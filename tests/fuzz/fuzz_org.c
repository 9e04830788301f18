/*
 * The organization's folder. An input is files, each behind a line "%%% NAME";
 * what stands before the first is accounts.yaml. rootout.yaml is always there.
 *
 * What is read must hang together: names are used once, choices choose, waves
 * do not wait for each other in a circle. What is refused must say where.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "org/files.h"
#include "org/levels.h"
#include "org/reality.h"
#include "org/select.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {"accounts.yaml",
				    "accounts/more.yaml",
				    "groups.yaml",
				    "permission-sets.yaml",
				    "access/a.yaml",
				    "root.yaml",
				    "sandbox.yaml",
				    "policies/deny.json",
				    "policies/rcp/only.json",
				    "from"};
static const char *const folders[] = {"policies/rcp", "policies", "accounts", "access"};

static char dir[] = "/tmp/rootout-fuzz-XXXXXX";

static void write_file(const char *name, struct str text)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, text.p ? text.p : "", text.n) != (ssize_t)text.n)
		BUG("cannot write %s", path);
	close(fd);
}

static void remove_all(void)
{
	char path[128];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
}

static void remove_folder(void)
{
	char path[128];

	remove_all();
	snprintf(path, sizeof(path), "%s/rootout.yaml", dir);
	unlink(path);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, folders[i]);
		rmdir(path);
	}
	rmdir(dir);
}

static void make_folder(void)
{
	static bool made;
	struct err err = {0};
	char path[128];

	if (made)
		return;
	made = true;
	if (!mkdtemp(dir))
		BUG("cannot make a folder");
	atexit(remove_folder);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, folders[i]);
		if (!file_mkdirs(path, 0700, &err))
			BUG("%s", err.message);
	}
	write_file("rootout.yaml", STR("organization: o\nmanagement: \"210000000001\"\n"));
}

static void write_parts(struct str input)
{
	const char *name = names[0];

	remove_all();
	while (input.n) {
		ptrdiff_t at = str_startsz(input, "%%% ") ? 0 : str_find(input, STR("\n%%% "));
		struct str part = input, line;

		if (at > 0)
			at++;
		if (at != 0) {
			part = at < 0 ? input : str_sub(input, 0, (size_t)at);
			write_file(name, part);
			if (at < 0)
				return;
		}
		str_cut(str_from(input, (size_t)at + 4), '\n', &line, &input);
		name = NULL;
		for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
			if (str_eqz(line, names[i]))
				name = names[i];
		}
		if (!name)
			name = names[0];
	}
}

/* ---- what must hold ---- */

static void check_problems(const struct org_problems *p, bool ok, const struct err *err)
{
	if (ok != (p->n == 0))
		BUG("read: %d, but %zu problems", ok, p->n);
	if (!ok && !err_is_set(err))
		BUG("refused without an error");
	for (size_t i = 0; i < p->n; i++) {
		const struct err *e = &p->v[i];

		if (!e->message[0] || strncmp(e->path, dir, strlen(dir)) != 0)
			BUG("a problem without a place: %s", e->message);
		if ((e->line == 0) != (e->col == 0))
			BUG("half a position: %s:%u:%u %s", e->path, e->line, e->col, e->message);
	}
}

static void check_selector(const struct org *o, const struct org_selector *s)
{
	struct err err = {0};
	bool unknown = false;

	if (!org_selector_check(o, s, &err))
		BUG("a choice that chooses nothing was accepted: %s", err.message);
	for (size_t i = 0; i < o->naccounts; i++)
		(void)org_selects(o, s, o->accounts[i], &unknown);
	if (unknown)
		BUG("in files everything is known");
}

static void check_waves(const struct org *o)
{
	const struct org_root_plan *r = &o->root;

	for (size_t i = 0; i < r->nwaves; i++) {
		struct str after = r->waves[i].after;
		size_t steps = 0;

		check_selector(o, &r->waves[i].in);
		while (!str_is_null(after)) {
			size_t k = 0;

			while (k < r->nwaves && !str_eq(r->waves[k].name, after))
				k++;
			if (k == r->nwaves || ++steps > r->nwaves)
				BUG("waves that never come");
			after = r->waves[k].after;
		}
	}
}

static void check_org(struct org *o, struct arena *a)
{
	struct err err = {0};
	struct org_account_levels at;
	struct org_levels *l;

	if (!org_account(o, o->management_id)->management)
		BUG("no management account");
	for (size_t i = 0; i < o->naccounts; i++) {
		struct org_account *acct = o->accounts[i];

		if (!acct->unit || org_account(o, acct->name) != acct ||
		    org_account_by_email(o, acct->email) != acct)
			BUG("account %.*s is not where it should be", STR_ARG(acct->name));
	}
	for (size_t i = 0; i < o->nassignments; i++)
		check_selector(o, &o->assignments[i]->in);
	check_waves(o);
	l = org_levels_new(o, a, &err);
	if (!l)
		BUG("%s", err.message);
	for (size_t i = 0; i < o->naccounts; i++) {
		if (!org_levels_of(l, o->accounts[i], ORG_LEVELS_SCP, a, &at, &err))
			BUG("%s", err.message);
	}
}

static void check_from(struct arena *a)
{
	struct org_choice c = {0};
	struct err err = {0};
	char path[128];

	snprintf(path, sizeof(path), "%s/from", dir);
	if (!file_exists(path))
		return;
	if (!org_choice_from_file(&c, path, a, &err)) {
		if (!err.path[0] || !err.message[0])
			BUG("an error without a place: %s", err.message);
	} else if (!c.sel.nnames || c.nname_pos != c.sel.nnames) {
		BUG("a list without names");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct org_problems p = {0};
	struct org_reality *real;
	struct err err = {0};
	struct org *o = NULL;
	bool ok;

	make_folder();
	write_parts((struct str){(const char *)data, size});
	ok = org_read_files(dir, a, &o, &p, &err);
	if (ok) {
		check_org(o, a);
		ok = org_read_reality(dir, o, 1800000000000, a, &real, &p, &err);
	}
	check_problems(&p, ok, &err);
	check_from(a);
	org_problems_release(&p);
	arena_free(&a);
	return 0;
}
