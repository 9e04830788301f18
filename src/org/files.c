#include "org/files.h"

#include "base/file.h"
#include "org/files-private.h"
#include "text/show.h"

/* ---- what lies in the folder ---- */

static const char *const files[] = {"rootout.yaml", "accounts.yaml",        "groups.yaml",
				    "root.yaml",    "permission-sets.yaml", "sandbox.yaml"};

/* A misspelt file name is a part of the organization that silently is not there. */
static void check_file_name(struct files_reader *r, struct str name)
{
	struct str known[ARRAY_SIZE(files)];

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		known[i] = str_of(files[i]);
		if (str_eq(name, known[i]))
			return;
	}
	if (!str_endsz(name, ".yaml") && !str_endsz(name, ".yml"))
		return;
	r->c.path = files_path(r, show_short(r->a, name).p);
	files_problem(r, NULL, "rootout reads no file of this name%s",
		      files_did_you_mean(r, name, known, ARRAY_SIZE(known)));
}

static void check_names(struct files_reader *r, const char *dir)
{
	struct str *names;
	size_t n;

	if (!files_ok(r, file_list(dir, r->a, &names, &n, &r->err)))
		return;
	for (size_t i = 0; i < n; i++) {
		if (!str_startsz(names[i], "."))
			check_file_name(r, names[i]);
	}
}

/* "accounts/pos.yml" would be overlooked like a misspelt one. */
static void check_folder(struct files_reader *r, const char *folder)
{
	struct str *names;
	size_t n;
	struct err ignored = {0};

	if (!file_is_dir(files_path(r, folder)) ||
	    !file_list(files_path(r, folder), r->a, &names, &n, &ignored))
		return;
	for (size_t i = 0; i < n; i++) {
		if (!str_endsz(names[i], ".yml") && !str_endsz(names[i], ".json"))
			continue;
		r->c.path = files_path(r, path_join(r->a, str_of(folder), names[i]).p);
		files_problem(r, NULL, "only files that end in .yaml are read here: rename it");
	}
}

static bool is_organization(const char *dir, struct files_reader *r, struct err *err)
{
	if (!file_exists(dir))
		return err_set(err, ERR_INPUT, "cannot read '%s': there is no such folder", dir);
	if (!file_is_dir(dir))
		return err_set(err, ERR_INPUT,
			       "cannot read '%s': it is no folder; give the folder that holds "
			       "rootout.yaml",
			       dir);
	if (file_exists(files_path(r, "rootout.yaml")))
		return true;
	return err_set(
		err, ERR_INPUT,
		"no organization in '%s': there is no rootout.yaml; give the folder that has "
		"one, or begin with two files: rootout.yaml (organization, management) and "
		"accounts.yaml (docs/files.md shows both)",
		dir);
}

bool org_read_files(const char *dir, struct arena *a, struct org **out,
		    struct org_problems *problems, struct err *err)
{
	struct files_reader r;
	size_t first = problems->n;

	*out = NULL;
	files_init(&r, dir, a, problems);
	if (!is_organization(dir, &r, err))
		return false;
	org_build_init(&r.b, a);
	r.o = r.b.o;
	r.o->from_files = r.o->have_units = r.o->have_policies = true;
	r.o->scp_enabled = r.o->rcp_enabled = true;
	check_names(&r, dir);
	check_folder(&r, "accounts");
	check_folder(&r, "access");
	files_settings(&r);
	files_policies(&r);
	files_groups(&r);
	files_permission_sets(&r);
	files_accounts(&r);
	files_access(&r);
	files_root(&r);
	if (!files_done(&r, first, err))
		return false;
	*out = r.o;
	return true;
}
