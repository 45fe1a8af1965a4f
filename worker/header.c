/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads what a LUKS header says without libcryptsetup, which only the worker that opens the volume
 * loads: whether one of the two copies of LUKS2 is whole, what its key slots cost, where data begins.
 */
#include "probe.h"

#include <stdlib.h>

#define LUKS_HEAD     512	   /* the fields of either version that we read */
#define LUKS2_BINARY  4096	   /* binary part of a copy; JSON follows */
#define LUKS2_MIN     0x4000	   /* sizes of a copy that the format allows */
#define LUKS2_MAX     0x400000
#define LUKS2_CSUM_AT 448
#define LUKS2_CSUM    64
#define CIPHER_MAX    64 /* characters */
#define CIPHERS_MAX   8
#define CIPHER_CHARS  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_:,()"

static const unsigned char magic_first[6] = { 'L', 'U', 'K', 'S', 0xba, 0xbe };
static const unsigned char magic_second[6] = { 'S', 'K', 'U', 'L', 0xba, 0xbe };

static uint64_t be(const unsigned char *p, unsigned width)
{
	uint64_t v = 0;

	while (width--)
		v = v << 8 | *p++;
	return v;
}

static bool checksum_ok(unsigned char *copy, size_t size)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	unsigned char stored[LUKS2_CSUM], digest[32];
	gsize len = sizeof digest;

	memcpy(stored, copy + LUKS2_CSUM_AT, sizeof stored);
	memset(copy + LUKS2_CSUM_AT, 0, sizeof stored); /* as it was when the sum was made */
	g_checksum_update(sum, copy, (gssize)size);
	g_checksum_get_digest(sum, digest, &len);
	return memcmp(stored, digest, len) == 0;
}

struct copy {
	unsigned char *bytes; /* owned; NUL behind the JSON area */
	size_t size;
	uint64_t seqid;
};

static int read_copy(int fd, uint64_t offset, const unsigned char magic[6], struct copy *ret)
{
	unsigned char head[LUKS_HEAD];
	g_autofree unsigned char *bytes = NULL;
	uint64_t size;
	int r = sys_pread(fd, head, sizeof head, offset);

	if (r < 0)
		return r;
	if ((size_t)r < sizeof head || memcmp(head, magic, 6) != 0 || be(head + 6, 2) != 2)
		return -ENODATA;
	size = be(head + 8, 8);
	if (size < LUKS2_MIN || size > LUKS2_MAX || be(head + 256, 8) != offset)
		return -EBADMSG;
	if (strncmp((const char *)head + 72, "sha256", 32) != 0)
		return -EOPNOTSUPP; /* not ours to judge */
	bytes = g_malloc(size + 1);
	r = sys_pread(fd, bytes, size, offset);
	if (r < 0)
		return r;
	if ((uint64_t)r != size || !checksum_ok(bytes, size))
		return -EBADMSG;
	bytes[size] = '\0';
	ret->bytes = g_steal_pointer(&bytes);
	ret->size = size;
	ret->seqid = be(head + 16, 8);
	return 0;
}

/* "key" : 123 or "123" at or behind p; where it was found, or NULL. */
static const char *scan_number(const char *p, const char *key, uint64_t *ret)
{
	g_autofree char *quoted = g_strdup_printf("\"%s\"", key);
	const char *at = strstr(p, quoted);

	if (!at)
		return NULL;
	at += strlen(quoted);
	at += strspn(at, " \t\n:\"");
	*ret = g_ascii_isdigit(*at) ? g_ascii_strtoull(at, NULL, 10) : 0;
	return at;
}

/* Appends a cipher that is not among them yet. */
static void cipher_add(struct input *res, const char *text, size_t len)
{
	g_autofree char *cipher = g_strndup(text, len);
	g_auto(GStrv) known = g_strsplit(res->luks_ciphers ?: "", " ", -1);
	char *longer;

	if (!*cipher || strlen(cipher) > CIPHER_MAX || cipher[strspn(cipher, CIPHER_CHARS)] ||
	    g_strv_contains((const char *const *)known, cipher) || g_strv_length(known) >= CIPHERS_MAX)
		return;
	longer = res->luks_ciphers ? g_strconcat(res->luks_ciphers, " ", cipher, NULL) : g_strdup(cipher);
	g_free(res->luks_ciphers);
	res->luks_ciphers = longer;
}

static void scan_ciphers(const char *json, struct input *res)
{
	static const char key[] = "\"encryption\"";

	for (const char *p = json; (p = strstr(p, key));) {
		p += sizeof key - 1;
		p += strspn(p, " \t\n:");
		if (*p++ != '"')
			break;
		cipher_add(res, p, strcspn(p, "\""));
	}
}

static void scan_json(const char *json, struct input *res)
{
	const char *segments = strstr(json, "\"segments\""), *end;
	uint64_t n;

	for (const char *p = json; (p = scan_number(p, "memory", &n));) /* only argon2 slots have it */
		res->luks_memory = MAX(res->luks_memory, n);
	end = segments ? strstr(segments, "\"digests\"") : NULL;
	for (const char *p = segments; p && (p = scan_number(p, "offset", &n)) && (!end || p < end);)
		if (!res->data_offset || n < res->data_offset)
			res->data_offset = n;
	scan_ciphers(json, res);
}

static void luks1(const unsigned char *head, struct input *res)
{
	g_autofree char *name = g_strndup((const char *)head + 8, 32);
	g_autofree char *mode = g_strndup((const char *)head + 40, 32);
	g_autofree char *cipher = g_strconcat(name, "-", mode, NULL);

	res->data_offset = be(head + 104, 4) * 512;
	cipher_add(res, cipher, strlen(cipher));
}

static int luks2(int fd, struct input *res)
{
	struct copy first = { 0 }, second = { 0 };
	int r = read_copy(fd, 0, magic_first, &first), s = -ENODATA;

	if (r == 0)
		s = read_copy(fd, first.size, magic_second, &second);
	for (uint64_t at = LUKS2_MIN; r < 0 && s == -ENODATA && at <= LUKS2_MAX; at *= 2)
		s = read_copy(fd, at, magic_second, &second);
	if (r == 0 && (s < 0 || first.seqid >= second.seqid))
		scan_json((const char *)first.bytes + LUKS2_BINARY, res);
	else if (s == 0)
		scan_json((const char *)second.bytes + LUKS2_BINARY, res);
	g_free(first.bytes);
	g_free(second.bytes);
	if (r == 0 || s == 0 || r == -EOPNOTSUPP || s == -EOPNOTSUPP)
		return 0;
	if (r != -EBADMSG && r != -ENODATA)
		return sys_fail(res, r, "reading the LUKS header: %s", g_strerror(-r));
	return sys_fail(res, -EBADMSG, "both copies of the LUKS2 header are damaged");
}

int header_luks(int fd, struct input *res)
{
	unsigned char head[LUKS_HEAD];
	int r;

	if (!streq0(res->version, "1"))
		return luks2(fd, res);
	r = sys_pread(fd, head, sizeof head, 0);
	if (r < 0)
		return sys_fail(res, r, "reading the LUKS header: %s", g_strerror(-r));
	if ((size_t)r == sizeof head && memcmp(head, magic_first, 6) == 0)
		luks1(head, res);
	return 0;
}
