/* Who a call is made as. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/call-private.h"
#include "aws/creds-private.h"
#include "base/log.h"

void identity_init(struct aws_identity *id, struct aws *aws)
{
	memset(id, 0, sizeof(*id));
	id->aws = aws;
	pthread_mutex_init(&id->lock, NULL);
}

void identity_release(struct aws_identity *id)
{
	creds_release(&id->creds);
	pthread_mutex_destroy(&id->lock);
}

struct aws_identity *aws_default_identity(struct aws *aws)
{
	return &aws->own;
}

/* Takes the source's credentials along until the role is assumed. */
static bool assume_role(void *ctx, const struct aws_creds *source, struct str role_arn,
			struct str session_name, struct str external_id, int64_t duration_s,
			struct aws_creds *out, struct err *err)
{
	struct aws *aws = ctx;
	struct aws_worker *w = aws_worker_new(aws);
	struct arena *a = arena_new();
	struct val *in = val_object(a);
	struct aws_identity id, *session = NULL;
	bool ok;

	identity_init(&id, aws);
	creds_copy(&id.creds, source);
	id.found = true;
	val_set_str(a, in, "RoleArn", role_arn);
	val_set_str(a, in, "RoleSessionName", session_name);
	val_set_str(a, in, "ExternalId", external_id);
	if (duration_s > 0)
		val_set_int(a, in, "DurationSeconds", duration_s);
	ok = aws_call_session(w, &id, api_op_of("sts", "AssumeRole"), in, STR(""), &session, NULL,
			      err);
	if (ok)
		creds_copy(out, &session->creds);
	aws_identity_free(&session);
	identity_release(&id);
	arena_free(&a);
	aws_worker_free(&w);
	return ok;
}

static bool find(struct aws_identity *id, struct err *err)
{
	struct aws_creds fresh = {0};

	if (!creds_find(id->aws->config, assume_role, id->aws, &fresh, err)) {
		creds_release(&fresh);
		return false;
	}
	if (fresh.expires_ms != 0 && fresh.expires_ms <= aws_now_ms(id->aws)) {
		char when[TIME_ISO_SIZE];

		err_set(err, ERR_CREDENTIALS, "the credentials (%s) expired at %s: get new ones",
			fresh.source, time_iso(fresh.expires_ms, false, when));
		creds_release(&fresh);
		return false;
	}
	creds_release(&id->creds);
	id->creds = fresh;
	id->found = true;
	log_debug("credentials", LOG_S("from", fresh.source),
		  LOG_S("access_key_id", fresh.access_key_id));
	return true;
}

static bool refresh(struct aws_identity *id, int64_t now_ms, struct err *err)
{
	struct err why = {0};

	id->refresh_ms = now_ms + REFRESH_AGAIN_MS;
	if (find(id, &why))
		return true;
	if (id->creds.expires_ms <= now_ms) {
		*err = why;
		return false;
	}
	log_warn("cannot refresh the credentials yet", LOG_S("error", why.message));
	return true;
}

bool identity_ready(struct aws_identity *id, struct err *err)
{
	bool ok = true;
	int64_t now_ms;

	if (!id->own)
		return true;
	pthread_mutex_lock(&id->lock);
	now_ms = aws_now_ms(id->aws);
	if (!id->found)
		ok = find(id, err);
	else if (id->creds.expires_ms != 0 && id->creds.expires_ms - now_ms < REFRESH_BEFORE_MS &&
		 now_ms >= id->refresh_ms)
		ok = refresh(id, now_ms, err);
	pthread_mutex_unlock(&id->lock);
	return ok;
}

bool identity_renew(struct aws_identity *id, const char *used_key_id)
{
	struct err ignored = {0};
	bool ok;

	if (!id->own)
		return false;
	pthread_mutex_lock(&id->lock);
	/* Another thread may have done it since. */
	ok = strcmp(id->creds.access_key_id, used_key_id) != 0;
	if (!ok)
		ok = find(id, &ignored) && strcmp(id->creds.access_key_id, used_key_id) != 0;
	pthread_mutex_unlock(&id->lock);
	return ok;
}

void identity_describe(struct aws_identity *id, char *out, size_t n)
{
	pthread_mutex_lock(&id->lock);
	if (id->creds.source[0])
		snprintf(out, n, "%s", id->creds.source);
	else
		snprintf(out, n, "a session in %s", id->account_id);
	pthread_mutex_unlock(&id->lock);
}

struct aws_identity *aws_identity_from(struct aws *aws, struct str account_id,
				       const struct val *credentials, struct err *err)
{
	struct aws_identity *id = xcalloc(1, sizeof(*id));
	struct str key_id = val_get_str(credentials, "AccessKeyId");
	char where[64];

	identity_init(id, aws);
	snprintf(id->account_id, sizeof(id->account_id), "%.*s", STR_ARG(account_id));
	snprintf(where, sizeof(where), "session in account %s", id->account_id);
	if (str_is_empty(key_id) ||
	    !creds_set_keys(&id->creds, key_id, val_get_str(credentials, "SecretAccessKey"),
			    val_get_str(credentials, "SessionToken"), where, err)) {
		if (!err_is_set(err))
			err_set(err, ERR_PROTOCOL, "an answer without Credentials.AccessKeyId");
		aws_identity_free(&id);
		return NULL;
	}
	id->creds.expires_ms = val_i64(val_get(credentials, "Expiration"), 0);
	id->found = true;
	return id;
}

void aws_identity_free(struct aws_identity **id)
{
	if (!*id)
		return;
	if ((*id)->own)
		BUG("the default identity is not to be freed");
	identity_release(*id);
	free(*id);
	*id = NULL;
}

struct str aws_identity_access_key_id(const struct aws_identity *id)
{
	return str_of(id->creds.access_key_id);
}

int64_t aws_identity_expires_ms(const struct aws_identity *id)
{
	return id->creds.expires_ms;
}
