#include <string.h>

#include "root/report.h"
#include "text/xml.h"

/* Everything that came from outside goes through text(). */
static void text(struct buf *b, struct str s)
{
	xml_write_text(s, b);
}

static void put(struct buf *b, const char *html)
{
	buf_addz(b, html);
}

/* "2026-11-23 15:16", which never breaks over lines. */
static void moment(struct buf *b, int64_t ms)
{
	char iso[TIME_ISO_SIZE];

	time_iso(ms, false, iso);
	buf_addf(b, "<time class=\"mono\">%.10s %.5s</time>", iso, iso + 11);
}

/* Of an ARN the part that names somebody. */
static void who(struct buf *b, struct str arn)
{
	ptrdiff_t colon = str_rchr(arn, ':');

	put(b, "<span class=\"mono dim\" title=\"");
	text(b, arn);
	put(b, "\">");
	text(b, colon < 0 ? arn : str_from(arn, (size_t)colon + 1));
	put(b, "</span>");
}

static const char style[] =
	":root{--ink:#1b1f24;--dim:#667080;--line:#e3e6ea;--paper:#fff;--wash:#f6f7f9;--good:#"
	"157f4f;"
	"--goodbg:#e3f4ea;--warn:#8a5a00;--warnbg:#fdf1d7;--bad:#b3261e;--badbg:#fce6e4;--accent:#"
	"2f5bd0}"
	"@media(prefers-color-scheme:dark){:root{--ink:#e6e9ee;--dim:#98a2b3;--line:#2c323b;"
	"--paper:#14171b;--wash:#1b1f25;--good:#5fd39a;--goodbg:#12301f;--warn:#f0c060;--warnbg:#"
	"35290c;"
	"--bad:#ff8a80;--badbg:#3a1614;--accent:#8fb0ff}}"
	"*{box-sizing:border-box}body{margin:0;background:var(--wash);color:var(--ink);"
	"font:15px/1.5 system-ui,-apple-system,'Segoe UI','Noto Sans CJK JP','Hiragino "
	"Sans',sans-serif}"
	"main{max-width:1120px;margin:0 auto;padding:32px 24px 64px}"
	"h1{font-size:26px;margin:0 0 2px;letter-spacing:-.01em}h2{font-size:17px;margin:36px 0 "
	"10px}"
	".dim{color:var(--dim)}.card{background:var(--paper);border:1px solid var(--line);"
	"border-radius:10px;padding:18px 20px}"
	".hero{display:flex;gap:32px;align-items:center;flex-wrap:wrap;margin-top:20px}"
	".big{font-size:46px;font-weight:650;letter-spacing:-.02em;line-height:1.1}"
	".bar{display:flex;height:12px;border-radius:6px;overflow:hidden;background:var(--line);"
	"min-width:280px;flex:1}.bar i{display:block;height:100%}"
	".g{background:var(--good)}.w{background:#d99a1c}.b{background:var(--bad)}.o{background:#"
	"9aa3b0}"
	".legend{display:flex;gap:18px;flex-wrap:wrap;margin-top:8px;font-size:13px;color:var(--"
	"dim)}"
	".legend b{color:var(--ink)}.legend "
	"i{display:inline-block;width:9px;height:9px;border-radius:3px;"
	"margin-right:6px}"
	"table{width:100%;border-collapse:collapse;font-size:14px}th{text-align:left;font-weight:"
	"600;"
	"color:var(--dim);font-size:12px;padding:8px 10px;border-bottom:1px solid var(--line);"
	"white-space:nowrap}td{padding:8px 10px;border-bottom:1px solid "
	"var(--line);vertical-align:top}"
	"tr:last-child td{border-bottom:0}.scroll{overflow-x:auto;padding:4px 8px}"
	".tag{display:inline-block;padding:1px "
	"9px;border-radius:99px;font-size:12.5px;font-weight:600;"
	"white-space:nowrap}.tag.g{background:var(--goodbg);color:var(--good)}"
	".tag.w{background:var(--warnbg);color:var(--warn)}.tag.b{background:var(--badbg);color:"
	"var(--bad)}"
	".tag.o{background:var(--wash);color:var(--dim);border:1px solid var(--line)}"
	"time{white-space:nowrap}code,.mono{font:13px "
	"ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}"
	".digest{word-break:break-all}ol,ul{margin:6px 0;padding-left:22px}li{margin:4px 0}"
	"@media print{body{background:#fff}.card{break-inside:avoid}}";

static const char *tag_class(enum root_state s)
{
	switch (s) {
	case ROOT_STATE_ROOTLESS:
	case ROOT_STATE_RETIRED:
		return "g";
	case ROOT_STATE_CREDENTIALS:
	case ROOT_STATE_RESTORED:
		return "w";
	case ROOT_STATE_UNREAD:
	case ROOT_STATE_FAILED:
		return "b";
	default:
		return "o";
	}
}

static const char *state_words(const struct report_account *ra)
{
	if (ra->restore)
		return "restored for a while";
	switch (ra->facts->state) {
	case ROOT_STATE_ROOTLESS:
	case ROOT_STATE_RETIRED:
		return "no root user";
	case ROOT_STATE_CREDENTIALS:
		return "has a root user";
	case ROOT_STATE_MANAGEMENT:
		return "management account";
	case ROOT_STATE_SUSPENDED:
		return "not active";
	default:
		return "unread";
	}
}

static void segment(struct buf *b, const char *class, size_t n, size_t all)
{
	if (n && all)
		buf_addf(b, "<i class=\"%s\" style=\"width:%.3f%%\"></i>", class,
			 100.0 * (double)n / (double)all);
}

static void legend(struct buf *b, const char *class, size_t n, const char *what)
{
	buf_addf(b, "<span><i class=\"%s\"></i><b>%zu</b> %s</span>", class, n, what);
}

static void hero(const struct report *r, struct buf *b)
{
	size_t reach = r->rootless + r->with + r->unread;

	buf_addf(
		b,
		"<section class=\"card hero\"><div><div class=\"big\">%zu of %zu</div><div "
		"class=\"dim\">"
		"member accounts have no root user</div></div><div "
		"style=\"flex:1;min-width:280px\">"
		"<div class=\"bar\" role=\"img\" aria-label=\"%zu without, %zu with, %zu unread\">",
		r->rootless, reach, r->rootless, r->with, r->unread);
	segment(b, "g", r->rootless, r->naccounts);
	segment(b, "w", r->with, r->naccounts);
	segment(b, "b", r->unread, r->naccounts);
	segment(b, "o", r->out_of_reach, r->naccounts);
	put(b, "</div><div class=\"legend\">");
	legend(b, "g", r->rootless, "without a root user");
	legend(b, "w", r->with, "with a root user");
	legend(b, "b", r->unread, "unread: nobody knows");
	legend(b, "o", r->out_of_reach, "management or not active");
	put(b, "</div></div></section>");
}

static void item(struct buf *b, bool *any, const char *what)
{
	put(b, *any ? ", " : "");
	put(b, what);
	*any = true;
}

static void credentials(const struct root_facts *f, struct buf *b)
{
	bool any = false;

	if (!f->read_ms) {
		put(b, "<span class=\"dim\">not known</span>");
		return;
	}
	if (f->password == TRI_YES)
		item(b, &any, "password");
	if (f->keys_present == TRI_YES) {
		item(b, &any, "access key");
		for (size_t i = 0; i < f->nkeys; i++) {
			char iso[TIME_ISO_SIZE];

			if (f->keys[i].used == TRI_YES)
				buf_addf(b, " (used %.10s)",
					 time_iso(f->keys[i].used_ms, false, iso));
			else if (f->keys[i].used == TRI_NO)
				put(b, " (never used)");
		}
	}
	if (f->certs_present == TRI_YES)
		item(b, &any, "signing certificate");
	if (f->mfa == TRI_YES)
		item(b, &any, "MFA device");
	if (!any)
		put(b, "<span class=\"dim\">none</span>");
}

static void account_row(const struct report_account *ra, struct buf *b)
{
	const struct root_facts *f = ra->facts;

	put(b, "<tr><td><b>");
	text(b, f->account->name);
	put(b, "</b><br><span class=\"mono dim\">");
	text(b, f->account->id);
	put(b, "</span></td><td>");
	text(b, ra->unit.n ? ra->unit : STR("–"));
	buf_addf(b, "</td><td><span class=\"tag %s\">%s</span></td><td>",
		 ra->restore ? "w" : tag_class(f->state), state_words(ra));
	credentials(f, b);
	put(b, "</td><td>");
	if (ra->retired && f->state != ROOT_STATE_CREDENTIALS) {
		put(b, "deleted and proved ");
		moment(b, ra->retired->time_ms);
		buf_addf(b, ", ledger entry %lld", (long long)ra->retired->n);
	} else if (f->read_ms) {
		put(b, "<span class=\"dim\">read ");
		moment(b, f->read_ms);
		put(b, "</span>");
	}
	if (ra->restore) {
		put(b, "<br>until ");
		moment(b, ra->restore->until_ms);
		put(b, ": ");
		text(b, ra->restore->reason);
	} else if (f->blocked_by.n || (f->reason.n && f->state == ROOT_STATE_UNREAD)) {
		put(b, "<br>");
		text(b, f->blocked_by.n ? f->blocked_by : f->reason);
	} else if (ra->guard == GUARD_KEPT || ra->guard == GUARD_WORK) {
		put(b, "<br>");
		text(b, ra->guard_reason);
	}
	put(b, "</td></tr>");
}

static void accounts(const struct report *r, struct buf *b)
{
	put(b, "<h2>Every root user</h2><section class=\"card "
	       "scroll\"><table><thead><tr><th>Account</th>"
	       "<th>Unit</th><th>State</th><th>Root "
	       "credentials</th><th>Evidence</th></tr></thead><tbody>");
	for (size_t i = 0; i < r->naccounts; i++)
		account_row(&r->accounts[i], b);
	put(b, "</tbody></table></section>");
}

static void campaign(const struct report *r, struct buf *b)
{
	if (!r->nwaves)
		return;
	put(b, "<h2>The campaign</h2><section class=\"card "
	       "scroll\"><table><thead><tr><th>Wave</th><th>State"
	       "</th><th>Accounts without a root user</th></tr></thead><tbody>");
	for (size_t i = 0; i < r->nwaves; i++) {
		put(b, "<tr><td><b>");
		text(b, r->waves[i].wave->name);
		put(b, "</b></td><td>");
		if (r->waves[i].done_ms) {
			put(b, "<span class=\"tag g\">done</span> ");
			moment(b, r->waves[i].done_ms);
		} else
			put(b, "<span class=\"tag o\">open</span>");
		buf_addf(b, "</td><td>%zu of %zu</td></tr>", r->wave_rootless[i], r->wave_total[i]);
	}
	put(b, "</tbody></table></section>");
}

static void remains(const struct report *r, struct buf *b)
{
	size_t n = 0;

	put(b, "<h2>What remains</h2><section class=\"card\"><ul>");
	for (size_t i = 0; i < r->naccounts; i++) {
		const struct report_account *ra = &r->accounts[i];

		if (!ra->remains && !ra->restore)
			continue;
		n++;
		put(b, "<li><b>");
		text(b, ra->facts->account->name);
		buf_addf(b, "</b>: %s", state_words(ra));
		if (ra->guard_reason.n) {
			put(b, "; ");
			text(b, ra->guard_reason);
		} else if (ra->facts->reason.n && ra->facts->state == ROOT_STATE_UNREAD) {
			put(b, "; ");
			text(b, ra->facts->reason);
		}
		if (ra->owners.n) {
			put(b, " <span class=\"dim\">(owners: ");
			text(b, ra->owners);
			put(b, ")</span>");
		}
		put(b, "</li>");
	}
	if (!n)
		put(b, "<li>Nothing: every member account that can be reached is without a root "
		       "user.</li>");
	if (r->kept)
		buf_addf(b, "<li class=\"dim\">%zu root user%s kept on purpose (root.yaml)</li>",
			 r->kept, r->kept == 1 ? " is" : "s are");
	put(b, "</ul></section>");
}

#define SHOWN_EFFECTS 60

static void ledger(const struct report *r, struct buf *b)
{
	size_t shown = 0;

	put(b, "<h2>The ledger</h2><section class=\"card\">");
	buf_addf(b, "<p>%zu entries, %s</p><p class=\"mono digest\">SHA-256 ", r->nledger,
		 r->nfaults ? "<span class=\"tag b\">chain NOT intact</span>"
			    : "<span class=\"tag g\">chain intact</span>");
	text(b, r->digest.n ? r->digest : STR("(empty)"));
	put(b, "</p><p class=\"dim\">Keep this digest elsewhere: <code>rootout root ledger "
	       "--verify --expect "
	       "DIGEST</code> then also finds a ledger that was cut at its end.</p></section>"
	       "<section class=\"card scroll\" "
	       "style=\"margin-top:12px\"><table><thead><tr><th>#</th><th>Time"
	       "</th><th>What</th><th>Account</th><th>Who</th><th>Why</th></tr></thead><tbody>");
	for (size_t i = r->nledger; i-- > 0 && shown < SHOWN_EFFECTS;) {
		const struct ledger_entry *e = &r->ledger[i];

		if (str_eqz(e->kind, "session"))
			continue;
		shown++;
		buf_addf(b, "<tr><td>%lld</td><td>", (long long)e->n);
		moment(b, e->time_ms);
		put(b, "</td><td>");
		text(b, e->kind);
		if (val_get_str(e->detail, "credential").n) {
			put(b, " of ");
			text(b, val_get_str(e->detail, "credential"));
			put(b, " <span class=\"mono dim\">");
			text(b, val_get_str(e->detail, "target"));
			put(b, "</span>");
		} else if (val_get_str(e->detail, "what").n) {
			put(b, ": ");
			text(b, val_get_str(e->detail, "what"));
		}
		put(b, "</td><td>");
		text(b, e->account_name.n ? e->account_name : e->account_id);
		put(b, "</td><td>");
		who(b, e->who);
		put(b, "</td><td>");
		text(b, e->reason);
		put(b, "</td></tr>");
	}
	put(b, "</tbody></table></section>");
}

bool report_html(const struct report *r, struct buf *b)
{
	put(b, "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta "
	       "name=\"viewport\" "
	       "content=\"width=device-width,initial-scale=1\"><meta "
	       "http-equiv=\"Content-Security-Policy\" "
	       "content=\"default-src 'none';style-src 'unsafe-inline'\"><title>Root users of ");
	text(b, r->org_name.n ? r->org_name : r->org_id);
	put(b, "</title><style>");
	put(b, style);
	put(b, "</style></head><body><main><h1>Root users of ");
	text(b, r->org_name.n ? r->org_name : r->org_id);
	put(b, "</h1><div class=\"dim\">organization <span class=\"mono\">");
	text(b, r->org_id);
	put(b, "</span>, as last read ");
	moment(b, r->taken_ms);
	put(b, " UTC; this page was made ");
	moment(b, r->now_ms);
	buf_addf(b, " UTC by rootout %s</div>", ROOTOUT_VERSION);
	hero(r, b);
	remains(r, b);
	campaign(r, b);
	accounts(r, b);
	ledger(r, b);
	put(b, "</main></body></html>\n");
	return !buf_overflowed(b);
}
