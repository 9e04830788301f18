/* policies/NAME.json: service control policies; policies/rcp/NAME.json: resource control. */

#include "org/files-private.h"

#include "base/file.h"
#include "base/limits.h"
#include "policy/policy.h"
#include "text/json.h"
#include "text/show.h"

/* "[\s\S]*, 1 to 128 characters" (Organizations API reference, PolicyName). */
#define NAME_MAX_BYTES 128

static void read_policy(struct files_reader *r, const char *file, struct str name,
			enum policy_kind kind)
{
	const char *path = files_path(r, file);
	struct org_policy *p, *other;
	struct str text;

	r->c.path = path;
	/* A file that cannot be read is a problem of its own; its name is there all the same. */
	p = org_build_policy(&r->b);
	p->name = name;
	p->type =
		kind == POLICY_SCP ? STR("SERVICE_CONTROL_POLICY") : STR("RESOURCE_CONTROL_POLICY");
	p->pos = (struct org_pos){path, 1, 1};
	other = org_policy(r->o, name);
	if (other)
		files_problem(r, NULL, "there is a policy '%.*s' already%s: names are used once",
			      STR_ARG(show_short(r->a, name)), files_also(r, other->pos));
	else
		org_build_index_policy(&r->b, p);
	if (!files_is_there(r, path, false) ||
	    !files_ok(r, file_read(path, LIMIT_POLICY_BYTES, r->a, &text, &r->err)))
		return;
	p->content = text;
	if (!policy_parse(text, kind, str_of(path), r->a, &r->err)) {
		files_without_aws(&r->err);
		files_ok(r, false);
	}
}

static void read_folder(struct files_reader *r, const char *folder, enum policy_kind kind)
{
	struct str *names;
	size_t n;

	if (!files_folder(r, folder, FILES_POLICIES, &names, &n))
		return;
	for (size_t i = 0; i < n; i++) {
		const char *file = path_join(r->a, str_of(folder), names[i]).p;
		struct str name = names[i];

		if (str_startsz(name, ".") || str_endsz(name, ".md") ||
		    (kind == POLICY_SCP && str_eqz(name, "rcp")))
			continue;
		if (!str_endsz(name, ".json") || name.n == 5 || name.n > NAME_MAX_BYTES) {
			r->c.path = files_path(r, file);
			files_problem(r, NULL, "this is not read: policies are files NAME.json%s",
				      kind == POLICY_SCP ? " here and in policies/rcp/" : "");
			continue;
		}
		read_policy(r, file, str_sub(name, 0, name.n - 5), kind);
	}
}

void files_policies(struct files_reader *r)
{
	read_folder(r, "policies", POLICY_SCP);
	read_folder(r, "policies/rcp", POLICY_RCP);
}
