#ifndef ROOTOUT_ROOT_READ_H
#define ROOTOUT_ROOT_READ_H

/*
 * Reading one root user through a root session. For inventory and retire.
 *
 * Each function fills the facts it is about and leaves the others alone; on
 * failure the facts stay UNKNOWN and err says why.
 */

#include "root/session.h"

/* GetAccountSummary: all four facts in one root event. Sets state, session and read_ms. */
bool root_read_summary(struct root_session *s, struct aws_worker *w, struct root_facts *f,
		       struct err *err) MUST_CHECK;
/* The lists of what is present; last_used: GetAccessKeyLastUsed of each key too. */
bool root_read_keys(struct root_session *s, struct aws_worker *w, struct root_facts *f,
		    bool last_used, struct err *err) MUST_CHECK;
bool root_read_certs(struct root_session *s, struct aws_worker *w, struct root_facts *f,
		     struct err *err) MUST_CHECK;
bool root_read_mfa(struct root_session *s, struct aws_worker *w, struct root_facts *f,
		   struct err *err) MUST_CHECK;

/* The summary's map, from whoever was allowed to read it. */
void root_take_summary(struct root_facts *f, const struct val *answer, int64_t now_ms);

/*
 * What a failure says of the session: only an answer of AWS's own is a refusal. Throttling to the
 * end or a server's fault says nothing of who may do what. opened: AssumeRoot had succeeded.
 */
enum root_session_state root_session_failure(const struct err *err, bool opened);
/* Write a failure into the row: reason and code, state UNREAD. */
void root_facts_fail(struct root_facts *f, enum root_session_state session, const struct err *err);
/* A new row in memory of its own. */
struct root_facts *root_facts_new(struct org_account *acct);
void root_facts_free(struct root_facts **f);

#endif
