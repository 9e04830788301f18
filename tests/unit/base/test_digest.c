#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/digest.h"

/* From Python's hashlib and hmac: data is i*7%251, key i*13+5, for each length around a block. */
static const struct {
	size_t n;
	const char *sha256, *hmac;
} CASES[] = {
	/* clang-format off */
	{0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "4902081c88971a8dd5f7be26988d7b8cc3961202bfc3b196b5880fbb957c0789"},
	{1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", "77f8d187c992b9c29bb92d329c17f542ff0ab71c2177f88250827954032365d0"},
	{55, "8af594de0e003fdee5c8bb088216c824349b4137070f559574f4a4bddd27b714", "08867e302442aac1eaea64a9512aaff22f6c1d633e94189533a4f4159cd4257e"},
	{56, "db81bc2bfd43620591df192139062da77d4c376f1888ea3d2190bd07c8d901f9", "d081c4e4c509396a2f8665a206eaf175d85324eddcffbab45309a19dec3d7f1f"},
	{63, "bd535b38bf0d0d1a09d370b7e34b2696cea3767801a45d5611a4aaa6954e8527", "72fa7f7a31064f98bafc3139fdf449338557178810d895efe9c48c571501562f"},
	{64, "292be91abe8c0909fe3d26575af5755eee74d23816dc68c3ba41765136967654", "4329404fda778098ea6da51f2d8cacd726bd8bbb5c370887496eceeaa79f5190"},
	{65, "ba65aedf7884642499a59ae124894611d986cf429e69f569488048af3a99e25a", "d74cfba9a577f20fa4b4590a23b1567632f32ffcf05b20ecc76f09391ecc538c"},
	{119, "d367ab298e74477421127b0b448667c37c006c636f5738f081c39388756e5fad", "bdfb52dd71a2cf57d8d51a33b16cfd1cb44ca89737fef9db99308a28dff6729f"},
	{120, "be7beb9c82089eb08da8fe6eb30c13b9d56869014e228a8c3eb0fdfe832efab2", "2c022ae3ede9d0235cd486720377082392a225985246703adb242ef80b771041"},
	{1000, "59425e4412e296fc74736673ce067027f384203f59c0d2c3e6be7b13347b3ffc", "92245b9d8edc9c6ffaeff1a9967a7de75619e3321b8e887a949e69d5220211e6"},
	/* clang-format on */
};

static unsigned char data[1000], key[1000];

static struct str bytes(const unsigned char *p, size_t n)
{
	return str_ofn((const char *)p, n);
}

static int setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(data); i++) {
		data[i] = (unsigned char)(i * 7 % 251);
		key[i] = (unsigned char)(i * 13 + 5);
	}
	return 0;
}

static void test_sha256(void **state)
{
	char hex[SHA256_HEX_SIZE];
	unsigned char out[SHA256_SIZE];
	struct str pieces[4];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(CASES); i++) {
		size_t n = CASES[i].n;

		sha256_hex(bytes(data, n), hex);
		assert_string_equal(hex, CASES[i].sha256);
		pieces[0] = bytes(data, n / 3);
		pieces[1] = STR_NULL;
		pieces[2] = bytes(data + n / 3, n - n / 3);
		pieces[3] = STR("");
		sha256_pieces(pieces, 4, out);
		hex_put(out, sizeof(out), hex);
		assert_string_equal(hex, CASES[i].sha256);
	}
	sha256_pieces(NULL, 0, out);
	hex_put(out, sizeof(out), hex);
	assert_string_equal(hex, CASES[0].sha256);
	sha256_hex(STR_NULL, hex);
	assert_string_equal(hex, CASES[0].sha256);
}

static void test_hmac(void **state)
{
	unsigned char message[8 + sizeof(data)] = "message ", out[SHA256_SIZE];
	char hex[SHA256_HEX_SIZE];

	(void)state;
	memcpy(message + 8, data, sizeof(data));
	for (size_t i = 0; i < ARRAY_SIZE(CASES); i++) {
		hmac_sha256(bytes(key, CASES[i].n), bytes(message, 8 + CASES[i].n), out);
		hex_put(out, sizeof(out), hex);
		assert_string_equal(hex, CASES[i].hmac);
	}
	/* RFC 4231, test case 2 */
	hmac_sha256(STR("Jefe"), STR("what do ya want for nothing?"), out);
	hex_put(out, sizeof(out), hex);
	assert_string_equal(hex,
			    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	/* The key may be the output of the step before: signing keys are made so. */
	memcpy(out, "Jefe", 4);
	hmac_sha256(bytes(out, 4), STR("what do ya want for nothing?"), out);
	hex_put(out, sizeof(out), hex);
	assert_string_equal(hex,
			    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void test_md5(void **state)
{
	char out[25];

	(void)state;
	md5_base64(STR("hello"), out);
	assert_string_equal(out, "XUFAKrxLKna5cZ2REBfFkg==");
	md5_base64(STR(""), out);
	assert_string_equal(out, "1B2M2Y8AsgTpgAmY7PhCfg==");
}

static void test_hex(void **state)
{
	unsigned char all[256], back[256];
	char hex[513];

	(void)state;
	for (int i = 0; i < 256; i++)
		all[i] = (unsigned char)i;
	hex_put(all, 256, hex);
	assert_int_equal(strlen(hex), 512);
	assert_memory_equal(hex, "000102030405060708090a0b0c0d0e0f10", 34);
	assert_true(hex_get(str_of(hex), back, 256));
	assert_memory_equal(all, back, 256);
	assert_true(hex_get(STR("aBCdEf"), back, 3));
	assert_memory_equal(back, "\xab\xcd\xef", 3);
	assert_true(hex_get(STR(""), back, 0));
	assert_false(hex_get(STR("abc"), back, 1));
	assert_false(hex_get(STR("abc"), back, 2));
	assert_false(hex_get(STR("abcd"), back, 1));
	assert_false(hex_get(STR("ab"), back, 2));
	/* The neighbours of the digits, at both places. */
	for (const char *c = "/:@G`g \x80"; *c; c++) {
		assert_false(hex_get(str_ofn((char[]){*c, '0'}, 2), back, 1));
		assert_false(hex_get(str_ofn((char[]){'0', *c}, 2), back, 1));
	}
}

static void test_base64(void **state)
{
	/* From Python's base64. */
	static const struct {
		struct str bytes;
		const char *text;
	} cases[] = {
		{{"", 0}, ""},
		{{"\x44", 1}, "RA=="},
		{{"\x20\x82", 2}, "III="},
		{{"\x3c\xfd\xe6", 3}, "PP3m"},
		{{"\xf1\xc2\x6b\x30", 4}, "8cJrMA=="},
		{{"\xf9\x0e\xc7\xdd\x01", 5}, "+Q7H3QE="},
		{{"\xe4\x88\x75\x34\xa2\x0f", 6}, "5Ih1NKIP"},
		{{"\x0b\x0d\x04\xc3\x6e\xd8\x0e", 7}, "Cw0Ew27YDg=="},
		{{"\xfb\xff\xfe", 3}, "+//+"},
	};
	static const char *const bad[] = {
		"R",     "RA",     "RA=",  "RA===",   "====",     "=",     "A===",
		"RB==",  "R===",   "III",  "IIJ=",    "RA==RA==", "RA= =", "RA==\n",
		" RA==", "PP3m\n", "-_-_", "PP3\x80", "PP=m",     "=PP3",  "R A=",
	};
	struct arena *a = arena_new();
	struct str s;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		s = base64_put(a, cases[i].bytes);
		assert_string_equal(s.p, cases[i].text);
		assert_int_equal(s.n, strlen(cases[i].text));
		assert_true(base64_get(a, s, &s));
		assert_true(str_eq(s, cases[i].bytes));
		assert_false(str_is_null(s));
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (base64_get(a, str_of(bad[i]), &s))
			fail_msg("'%s' was accepted", bad[i]);
	for (size_t n = 0; n < 300; n++) {
		assert_true(base64_get(a, base64_put(a, bytes(data, n)), &s));
		assert_true(str_eq(s, bytes(data, n)));
	}
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha256), cmocka_unit_test(test_hmac),
		cmocka_unit_test(test_md5),    cmocka_unit_test(test_hex),
		cmocka_unit_test(test_base64),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
