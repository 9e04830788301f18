#include "root/choose.h"

static bool take(struct root_chooser *ch, const struct org *o, struct org_account *acct)
{
	bool unknown = false;

	if (org_chosen(o, ch->choice, acct, &unknown))
		ch->chosen(acct, ch->ctx);
	else if (unknown)
		return ch->unknown(acct, ch->ctx);
	else
		ch->excluded++;
	return true;
}

static void on_account(const struct org *o, struct org_account *acct, void *ctx)
{
	struct root_chooser *ch = ctx;

	if (!ch->run->org_id.n) { /* once: sessions that are open already read it */
		ch->run->org_id = o->id;
		ch->run->management_id = o->management_id;
	}
	if (ch->streaming_)
		(void)take(ch, o, acct); /* all are chosen: none can be unknown */
}

bool root_choose(struct root_chooser *ch, struct arena *a, struct org **out, struct err *err)
{
	struct org_live_options live = {
		.parts = ORG_ACCOUNTS | org_choice_needs(ch->choice),
		.account = on_account,
		.ctx = ch,
		.pool = ch->run->pool,
	};

	ch->streaming_ = ch->choice->all && !ch->choice->sel.nexcept;
	if (!org_read_live(ch->run->worker, ch->run->caller, &live, a, out, err) ||
	    !root_check_accounts(*out, err) || !org_choice_check(*out, ch->choice, err))
		return false;
	for (size_t i = 0; !ch->streaming_ && i < (*out)->naccounts; i++) {
		struct org_account *acct = (*out)->accounts[i];

		if (!take(ch, *out, acct))
			return err_set(err, ERR_REFUSED,
				       "cannot tell whether account %.*s is chosen: its tags or "
				       "unit could "
				       "not be read",
				       STR_ARG(acct->id));
	}
	return true;
}
