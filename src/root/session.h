#ifndef ROOTOUT_ROOT_SESSION_H
#define ROOTOUT_ROOT_SESSION_H

/*
 * A short root session: one account, one task policy, the shortest time.
 *
 * Opened by sts:AssumeRoot, kept as an aws_identity whose secrets are wiped by
 * root_session_close. Each call made through it is remembered (operation,
 * what it was about, answer code, request id) and the whole session becomes
 * one entry of the ledger when it is closed. The opening of a session that can
 * change something is written to the store before AssumeRoot is called, so
 * that the sessions of a run that was killed are entered by the next one
 * (root_sessions_adopt).
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html
 */

#include "root/root.h"

enum root_task {
	ROOT_TASK_AUDIT,  /* IAMAuditRootUserCredentials */
	ROOT_TASK_CREATE, /* IAMCreateRootUserPassword */
	ROOT_TASK_DELETE, /* IAMDeleteRootUserCredentials */
	ROOT_TASK_S3,     /* S3UnlockBucketPolicy */
	ROOT_TASK_SQS,    /* SQSUnlockQueuePolicy */
};
struct str root_task_arn(enum root_task t, struct str partition, struct arena *a);
const char *root_task_name(enum root_task t);

struct root_session;

/* How long a session lives. The longest AWS gives is 15 minutes. */
enum root_session_time {
	ROOT_SESSION_SHORT = 300, /* seconds: a few calls, with their retries */
	ROOT_SESSION_LONG = 900,  /* from a plan over a person's answer to the proof */
};

bool root_session_open(struct root_run *run, struct aws_worker *w, const struct org_account *acct,
		       enum root_task task, enum root_session_time time, struct root_session **out,
		       struct err *err) MUST_CHECK;
/* When AWS ends it; a session older than this is opened anew by its user. */
int64_t root_session_expires_ms(const struct root_session *s);
int64_t root_session_now_ms(const struct root_session *s);
bool root_session_call(struct root_session *s, struct aws_worker *w, const char *op,
		       const struct val *in, struct str about, struct arena *a, struct val **out,
		       struct aws_call_info *info, struct err *err) MUST_CHECK;
/* Writes the ledger entry (later, in order) and wipes. *s may be NULL. */
void root_session_close(struct root_session **s);
/*
 * Enter what an earlier, killed run of this organization left open. One rootout at
 * a time works on an organization's root users (store_lock), so whatever is open is orphaned.
 */
bool root_sessions_adopt(struct root_run *run, struct err *err) MUST_CHECK;

#endif
