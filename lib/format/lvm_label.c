/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LVM2 on a device: the label in one of the first sectors, the PV header in it, the metadata areas. */
#include "format/format.h"

#include "util/bytes.h"

#define SECTOR 512
#define LABEL_SECTORS 4
#define LABEL_CRC_FROM 20
#define MDA_HEADER 512
#define MDA_CRC_FROM 4
#define MDA_TEXT_MAX (UINT64_C(16) << 20)

static const char mda_magic[16] = {' ', 'L', 'V', 'M', '2', ' ', 'x', '[',
				   '5', 'A', '%', 'r', '0', 'N', '*', '>'};

enum {
	LOCATION_IGNORED = 1, /* the area is there, but LVM keeps nothing in it */
};

static int fail(const char **why, int error, const char *text)
{
	if (why)
		*why = text;
	return error;
}

/* CRC-32 of the usual polynomial, but neither the start nor the result is inverted. */
uint32_t lvm_crc(uint32_t initial, const void *buf, size_t len)
{
	static const uint32_t nibble[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	const unsigned char *p = buf;
	uint32_t crc = initial;

	for (size_t i = 0; i < len; i++) {
		crc ^= p[i];
		crc = crc >> 4 ^ nibble[crc & 15];
		crc = crc >> 4 ^ nibble[crc & 15];
	}
	return crc;
}

/* 32 characters in groups of 6-4-4-4-4-4-6. */
static bool uuid_format(const unsigned char raw[32], char to[39])
{
	for (unsigned i = 0; i < 32; i++) {
		if (!g_ascii_isalnum(raw[i]) && raw[i] != '!' && raw[i] != '#')
			return false;
		if (i >= 6 && (i - 6) % 4 == 0 && i <= 26)
			*to++ = '-';
		*to++ = (char)raw[i];
	}
	*to = '\0';
	return true;
}

/* A list of areas that ends with an empty one; those that do not fit into *areas are left out. */
static bool areas_read(struct bytes *b, struct lvm_area *areas, unsigned max, unsigned *n)
{
	struct lvm_area a;

	*n = 0;
	for (;;) {
		if (!bytes_le64(b, &a.offset) || !bytes_le64(b, &a.size))
			return false;
		if (a.offset == 0)
			return true;
		if (*n < max)
			areas[(*n)++] = a;
	}
}

static int header_parse(struct bytes b, struct lvm_label *ret, const char **why)
{
	struct lvm_label l = {.n_areas = 0};
	struct lvm_area data[1] = {{0, 0}};
	unsigned char uuid[32];
	unsigned n_data;

	if (!bytes_copy(&b, uuid, sizeof uuid) || !bytes_le64(&b, &l.device_size))
		return fail(why, -EBADMSG, "PV header is cut short");
	if (!uuid_format(uuid, l.pv_uuid))
		return fail(why, -EBADMSG, "UUID of the PV is damaged");
	if (!areas_read(&b, data, 1, &n_data) || !areas_read(&b, l.areas, 2, &l.n_areas))
		return fail(why, -EBADMSG, "list of areas has no end");
	for (unsigned i = 0; i < l.n_areas; i++) {
		if (l.areas[i].size < 2 * MDA_HEADER || l.areas[i].offset % SECTOR ||
		    l.areas[i].offset > INT64_MAX || l.areas[i].size > INT64_MAX - l.areas[i].offset)
			return fail(why, -EBADMSG, "metadata area of impossible size");
	}
	l.data_start = data[0].offset;
	*ret = l;
	return 0;
}

static int sector_parse(const unsigned char *p, unsigned sector, struct lvm_label *ret, const char **why)
{
	struct bytes b = {p, SECTOR};
	uint64_t at;
	uint32_t crc, offset;

	if (memcmp(p, "LABELONE", 8) != 0 || memcmp(p + 24, "LVM2 001", 8) != 0)
		return fail(why, -ENODATA, "no label");
	if (!bytes_skip(&b, 8) || !bytes_le64(&b, &at) || !bytes_le32(&b, &crc) ||
	    !bytes_le32(&b, &offset))
		return fail(why, -EBADMSG, "label is cut short");
	if (lvm_crc(LVM_CRC_INITIAL, p + LABEL_CRC_FROM, SECTOR - LABEL_CRC_FROM) != crc)
		return fail(why, -EBADMSG, "checksum of the label is wrong");
	if (at != sector)
		return fail(why, -EBADMSG, "label says that it is in another sector");
	b = (struct bytes){p, SECTOR};
	if (offset < 32 || !bytes_skip(&b, offset))
		return fail(why, -EBADMSG, "label points out of its sector");
	return header_parse(b, ret, why);
}

int lvm_label_parse(const void *buf, size_t len, struct lvm_label *ret, const char **why)
{
	const unsigned char *p = buf;
	const char *damage = NULL;
	int r;

	for (unsigned i = 0; i < LABEL_SECTORS && (i + 1) * SECTOR <= len; i++) {
		const char *text = NULL;

		r = sector_parse(p + i * SECTOR, i, ret, &text);
		if (r >= 0)
			return r;
		if (r != -ENODATA && !damage)
			damage = text;
	}
	if (damage)
		return fail(why, -EBADMSG, damage);
	return fail(why, -ENODATA, "no label");
}

static int location_check(const struct lvm_area *area, uint32_t flags, struct lvm_text_location *l,
			  const char **why)
{
	if (l->offset == 0 || l->size == 0)
		return fail(why, -ENODATA, "metadata area holds no volume group");
	if (flags & LOCATION_IGNORED)
		return fail(why, -ENODATA, "metadata area is marked as unused");
	if (l->size > MDA_TEXT_MAX)
		return fail(why, -EOVERFLOW, "metadata are too large");
	if (l->offset < MDA_HEADER || l->offset >= area->size || l->size > area->size - MDA_HEADER)
		return fail(why, -EBADMSG, "metadata lie outside of their area");
	l->wrap = MIN(l->size, area->size - l->offset);
	if (l->size - l->wrap > l->offset - MDA_HEADER)
		return fail(why, -EBADMSG, "metadata overlap themselves");
	return 0;
}

int lvm_mda_parse(const void *buf, size_t len, const struct lvm_area *area,
		  struct lvm_text_location *ret, const char **why)
{
	struct bytes b = {buf, MDA_HEADER};
	struct lvm_text_location l = {.offset = 0};
	uint64_t start, size;
	uint32_t crc, version, flags;
	char magic[sizeof mda_magic];
	int r;

	if (len < MDA_HEADER)
		return fail(why, -EBADMSG, "header of the metadata area is cut short");
	if (!bytes_le32(&b, &crc) || !bytes_copy(&b, magic, sizeof magic) || !bytes_le32(&b, &version) ||
	    !bytes_le64(&b, &start) || !bytes_le64(&b, &size) || !bytes_le64(&b, &l.offset) ||
	    !bytes_le64(&b, &l.size) || !bytes_le32(&b, &l.crc) || !bytes_le32(&b, &flags))
		return fail(why, -EBADMSG, "header of the metadata area is cut short");
	if (memcmp(magic, mda_magic, sizeof magic) != 0)
		return fail(why, -EBADMSG, "not a metadata area");
	if (lvm_crc(LVM_CRC_INITIAL, (const unsigned char *)buf + MDA_CRC_FROM,
		    MDA_HEADER - MDA_CRC_FROM) != crc)
		return fail(why, -EBADMSG, "checksum of the metadata area's header is wrong");
	if (version != 1)
		return fail(why, -EBADMSG, "unknown version of the metadata area");
	if (start != area->offset || size != area->size)
		return fail(why, -EBADMSG, "metadata area is not where its header says");
	r = location_check(area, flags, &l, why);
	if (r < 0)
		return r;
	*ret = l;
	return 0;
}
