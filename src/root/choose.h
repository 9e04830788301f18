#ifndef ROOTOUT_ROOT_CHOOSE_H
#define ROOTOUT_ROOT_CHOOSE_H

/*
 * Going through the chosen accounts of the live organization, while the list
 * still arrives where that is safe: with --all alone. A choice that names
 * accounts, units or tags is checked whole before the first account is begun,
 * so that a mistyped --exclude never lets a root session into the account that
 * was meant.
 */

#include "org/select.h"
#include "root/root.h"

struct root_chooser {
	struct root_run *run; /* its org_id and management_id are set before the first callback */
	const struct org_choice *choice;
	/* On the calling thread, in the order of ListAccounts. */
	void (*chosen)(struct org_account *acct, void *ctx);
	/* Neither in nor out, because tags or unit could not be read. false: end with an error. */
	bool (*unknown)(struct org_account *acct, void *ctx);
	void *ctx;
	size_t excluded; /* out: accounts that the choice left out */
	bool streaming_;
};

bool root_choose(struct root_chooser *ch, struct arena *a, struct org **out,
		 struct err *err) MUST_CHECK;

#endif
