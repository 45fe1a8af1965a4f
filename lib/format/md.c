/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Superblocks of md arrays, versions 0.90, 1.0, 1.1 and 1.2: the layout is in linux/raid/md_p.h. */
#include "format/md.h"

#include "util/bytes.h"

#define MD_MAGIC UINT32_C(0xa92b4efc)
#define SECTOR 512
#define MD0_RESERVED (128 * SECTOR) /* 0.90: the superblock owns the last 64 to 128 KiB */
#define MD0_DISKS 27
#define MD1_HEADER 256
#define MD1_MAX_BYTES 4096 /* the kernel reads no more, so no more roles exist */
#define MD_ROLE_MAX 0xff00
#define MD_ROLE_JOURNAL 0xfffd
#define MD_ROLE_FAULTY 0xfffe
#define MD_ROLE_SPARE 0xffff

enum {
	MD1_BITMAP = 1,
	MD1_RECOVERY_OFFSET = 2,
	MD1_RESHAPE = 4,
	MD1_NEW_OFFSET = 64,
	MD1_JOURNAL = 512,
	MD1_PPL = 1024,
	MD1_MULTIPLE_PPLS = 2048,
};

enum {
	MD0_DISK_FAULTY = 1 << 0,
	MD0_DISK_ACTIVE = 1 << 1,
	MD0_DISK_SYNC = 1 << 2,
	MD0_DISK_REMOVED = 1 << 3,
};

static int fail(const char **why, int error, const char *text)
{
	if (why)
		*why = text;
	return error;
}

static bool md0_offset(uint64_t size, uint64_t *ret)
{
	uint64_t aligned = size & ~(uint64_t)(MD0_RESERVED - 1);

	if (aligned < MD0_RESERVED)
		return false;
	*ret = aligned - MD0_RESERVED;
	return true;
}

/* 1.0 lies 8 to 12 KiB before the end, on a 4 KiB boundary. */
static bool md10_offset(uint64_t size, uint64_t *ret)
{
	uint64_t sectors = size / SECTOR;

	if (sectors < 24)
		return false;
	*ret = ((sectors - 16) & ~UINT64_C(7)) * SECTOR;
	return true;
}

static void add_offset(uint64_t offsets[4], int *n, uint64_t offset)
{
	for (int i = 0; i < *n; i++)
		if (offsets[i] == offset)
			return;
	offsets[(*n)++] = offset;
}

int md_sb_offsets(uint64_t size, uint64_t offsets[4])
{
	uint64_t at;
	int n = 0;

	if (size >= 4096 + MD1_MAX_BYTES)
		add_offset(offsets, &n, 4096);
	if (size >= MD1_MAX_BYTES)
		add_offset(offsets, &n, 0);
	if (md10_offset(size, &at))
		add_offset(offsets, &n, at);
	if (md0_offset(size, &at))
		add_offset(offsets, &n, at);
	return n;
}

static bool level_known(int level)
{
	switch (level) {
	case -4:
	case -1:
	case 0:
	case 1:
	case 4:
	case 5:
	case 6:
	case 10:
		return true;
	default:
		return false;
	}
}

static int role_from_raw(uint16_t raw)
{
	switch (raw) {
	case MD_ROLE_SPARE:
		return -1;
	case MD_ROLE_FAULTY:
		return -2;
	case MD_ROLE_JOURNAL:
		return -3;
	default:
		return raw;
	}
}

static bool role_valid(uint16_t raw)
{
	return raw <= MD_ROLE_MAX || raw >= MD_ROLE_JOURNAL;
}

/*
 * Of the n roles read, those at the end that are nobody's are left out: they are most of them.  Not
 * the first ones, though: a half that was written alone shows by them that it takes the other for gone.
 */
static void finish_roles(struct md_sb *sb, unsigned n)
{
	unsigned min = MIN(sb->raid_disks, n);

	sb->role = -1;
	if (sb->dev_number < n) {
		sb->role = role_from_raw(sb->roles[sb->dev_number]);
		min = MAX(min, sb->dev_number + 1);
	}
	for (unsigned i = n; i < G_N_ELEMENTS(sb->roles); i++)
		sb->roles[i] = MD_ROLE_SPARE;
	while (n > min && sb->roles[n - 1] == MD_ROLE_SPARE)
		n--;
	sb->n_roles = (uint16_t)n;
}

void md_uuid_format(const unsigned char raw[16], char to[36])
{
	for (unsigned i = 0; i < 16; i++) {
		if (i && i % 4 == 0)
			*to++ = ':';
		*to++ = "0123456789abcdef"[raw[i] >> 4];
		*to++ = "0123456789abcdef"[raw[i] & 15];
	}
	*to = '\0';
}

/* The name ends up in links and in lines of text: no control characters from a foreign disk. */
static void name_copy(const unsigned char raw[32], char to[33])
{
	unsigned i;

	for (i = 0; i < 32 && raw[i]; i++)
		to[i] = raw[i] < 0x20 || raw[i] == 0x7f ? '_' : (char)raw[i];
	to[i] = '\0';
}

/* ---- version 1 ---- */

struct md1_raw {
	uint32_t magic, version, features, pad0;
	unsigned char uuid[16], name[32];
	uint64_t ctime;
	uint32_t level, layout;
	uint64_t size;
	uint32_t chunk, raid_disks;
	int32_t bitmap_offset, delta_disks, new_offset; /* sectors, from the superblock; disks; sectors */
	uint32_t new_level, new_layout, new_chunk;
	uint64_t reshape_position;
	uint64_t data_offset, data_size, super_offset;
	uint32_t dev_number;
	unsigned char dev_uuid[16];
	uint64_t utime, events, resync_offset;
	uint32_t csum, max_dev;
};

static bool bytes_les32(struct bytes *b, int32_t *ret)
{
	uint32_t u;

	if (!bytes_le32(b, &u))
		return false;
	*ret = (int32_t)u;
	return true;
}

static bool md1_read(struct bytes *b, struct md1_raw *r)
{
	return bytes_le32(b, &r->magic) && bytes_le32(b, &r->version) && bytes_le32(b, &r->features) &&
	       bytes_le32(b, &r->pad0) && bytes_copy(b, r->uuid, 16) && bytes_copy(b, r->name, 32) &&
	       bytes_le64(b, &r->ctime) && bytes_le32(b, &r->level) && bytes_le32(b, &r->layout) &&
	       bytes_le64(b, &r->size) && bytes_le32(b, &r->chunk) && bytes_le32(b, &r->raid_disks) &&
	       bytes_les32(b, &r->bitmap_offset) && bytes_le32(b, &r->new_level) &&
	       bytes_le64(b, &r->reshape_position) && bytes_les32(b, &r->delta_disks) &&
	       bytes_le32(b, &r->new_layout) && bytes_le32(b, &r->new_chunk) &&
	       bytes_les32(b, &r->new_offset) &&
	       bytes_le64(b, &r->data_offset) && bytes_le64(b, &r->data_size) &&
	       bytes_le64(b, &r->super_offset) && bytes_skip(b, 8) && bytes_le32(b, &r->dev_number) &&
	       bytes_skip(b, 4) && bytes_copy(b, r->dev_uuid, 16) &&
	       bytes_skip(b, 8) && /* device flags, bad block log */
	       bytes_le64(b, &r->utime) && bytes_le64(b, &r->events) &&
	       bytes_le64(b, &r->resync_offset) && bytes_le32(b, &r->csum) &&
	       bytes_le32(b, &r->max_dev) && bytes_skip(b, 32);
}

/* The sum of all words but its own one, which is at byte 216. */
static uint32_t md1_checksum(const unsigned char *p, size_t len)
{
	struct bytes b = {p, len};
	uint64_t sum = 0, word;
	uint32_t own = 0;

	while (b.left >= 4 && bytes_le(&b, 4, &word))
		sum += word;
	if (b.left >= 2 && bytes_le(&b, 2, &word))
		sum += word;
	memcpy(&own, p + 216, sizeof own);
	sum -= GUINT32_FROM_LE(own);
	return (uint32_t)(sum + (sum >> 32));
}

/* Which minor version belongs where, or -1. */
static int md1_minor(uint64_t offset, uint64_t size)
{
	uint64_t at;

	if (offset == 0)
		return 1;
	if (offset == 4096)
		return 2;
	return md10_offset(size, &at) && at == offset ? 0 : -1;
}

static int md1_check(const struct md1_raw *r, uint64_t offset, uint64_t size, const char **why)
{
	uint64_t sectors = size / SECTOR;
	uint64_t end;

	if (md1_minor(offset, size) < 0 || r->super_offset != offset / SECTOR)
		return fail(why, -ENODATA, "superblock of another device that overlaps this one");
	if (!level_known((int32_t)r->level))
		return fail(why, -EBADMSG, "unknown RAID level");
	if (r->raid_disks == 0)
		return fail(why, -EBADMSG, "array of no disks");
	if (r->raid_disks > 4096)
		return fail(why, -EOVERFLOW, "array of too many disks");
	if (__builtin_add_overflow(r->data_offset, r->data_size, &end) || end > sectors)
		return fail(why, -EBADMSG, "device is smaller than the data that is recorded for it");
	return 0;
}

static int md1_roles(struct bytes b, const struct md1_raw *r, struct md_sb *sb, const char **why)
{
	uint64_t raw;

	for (unsigned i = 0; i < r->max_dev; i++) {
		if (!bytes_le(&b, 2, &raw))
			return fail(why, -EBADMSG, "superblock is cut short");
		if (!role_valid((uint16_t)raw))
			return fail(why, -EBADMSG, "role that does not exist");
		sb->roles[i] = (uint16_t)raw;
	}
	finish_roles(sb, r->max_dev);
	return 0;
}

static bool md1_critical(const struct md1_raw *r)
{
	const struct md_reshape reshape = {
		.position = r->reshape_position,
		.disks = r->raid_disks,
		.delta = r->delta_disks,
		.level = (int32_t)r->level,
		.new_level = (int32_t)r->new_level,
		.chunk = r->chunk,
		.new_chunk = r->new_chunk,
		.moves = r->features & MD1_NEW_OFFSET && r->new_offset,
	};

	return r->features & MD1_RESHAPE && md_reshape_critical(&reshape);
}

/* Where the bitmap's superblock is, in bytes; 0: there is none within the device. */
static uint64_t md1_bitmap_at(const struct md1_raw *r, uint64_t size)
{
	int64_t at = (int64_t)r->super_offset + r->bitmap_offset;

	if (!(r->features & MD1_BITMAP) || at <= 0 || (uint64_t)at >= size / SECTOR)
		return 0;
	return (uint64_t)at * SECTOR;
}

static void md1_fill(const struct md1_raw *r, struct md_sb *sb)
{
	sb->major = 1;
	md_uuid_format(r->uuid, sb->uuid);
	md_uuid_format(r->dev_uuid, sb->dev_uuid);
	name_copy(r->name, sb->name);
	sb->level = (int32_t)r->level;
	sb->layout = r->layout;
	sb->raid_disks = r->raid_disks;
	sb->dev_number = r->dev_number;
	sb->events = r->events;
	sb->utime = r->utime & ((UINT64_C(1) << 40) - 1); /* above: microseconds */
	sb->size = r->size;
	sb->data_offset = r->data_offset;
	sb->clean = r->resync_offset == UINT64_MAX;
	sb->bitmap = r->features & MD1_BITMAP;
	sb->journal = r->features & MD1_JOURNAL;
	sb->ppl = r->features & (MD1_PPL | MD1_MULTIPLE_PPLS);
	sb->reshape = r->features & MD1_RESHAPE;
	sb->critical = md1_critical(r);
	sb->recovering = r->features & MD1_RECOVERY_OFFSET;
}

static int md1_parse(const unsigned char *p, size_t len, uint64_t offset, uint64_t size,
		     struct md_sb *ret, const char **why)
{
	g_autofree struct md_sb *sb = g_new0(struct md_sb, 1);
	struct bytes b = {p, len};
	struct md1_raw r = {0};
	int error;

	if (!md1_read(&b, &r))
		return fail(why, -EBADMSG, "superblock is cut short");
	if (r.max_dev > (MD1_MAX_BYTES - MD1_HEADER) / 2)
		return fail(why, -EBADMSG, "table of roles is larger than a superblock");
	if (MD1_HEADER + 2 * (size_t)r.max_dev > len)
		return fail(why, -EBADMSG, "superblock is cut short");
	if (md1_checksum(p, MD1_HEADER + 2 * (size_t)r.max_dev) != r.csum)
		return fail(why, -EBADMSG, "checksum of the superblock is wrong");
	error = md1_check(&r, offset, size, why);
	if (error < 0)
		return error;
	md1_fill(&r, sb);
	error = md1_roles(b, &r, sb, why);
	if (error < 0)
		return error;
	sb->minor = (unsigned)md1_minor(offset, size);
	sb->bitmap_at = md1_bitmap_at(&r, size);
	if (sb->role == -3)
		sb->recovering = false; /* that field is the journal's tail there */
	*ret = *sb;
	return 0;
}

/* ---- version 0.90: words in the byte order of the machine that wrote it ---- */

enum md0_word {
	MD0_MAJOR = 1,
	MD0_MINOR = 2,
	MD0_UUID0 = 5,
	MD0_LEVEL = 7,
	MD0_SIZE = 8,
	MD0_RAID_DISKS = 10,
	MD0_NUMBER = 11, /* the array's, where it ran last */
	MD0_UUID1 = 13,
	MD0_UTIME = 32,
	MD0_STATE = 33,
	MD0_CSUM = 38,
	MD0_EVENTS = 39, /* two words */
	MD0_POSITION = 44, /* two words */
	MD0_NEW_LEVEL = 46,
	MD0_DELTA = 47,
	MD0_NEW_CHUNK = 49,
	MD0_LAYOUT = 64,
	MD0_CHUNK = 65,
	MD0_DISK = 128,
	MD0_DISK_WORDS = 32,
	MD0_THIS = 992,
	MD0_WORDS = 1024,
};

static uint32_t fold16(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

/* Kernels have disagreed on how to add the carries; folded to 16 bits all of them agree. */
static bool md0_checksum_ok(const uint32_t w[MD0_WORDS])
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < MD0_WORDS; i++)
		if (i != MD0_CSUM)
			sum += w[i];
	sum = (sum & UINT32_MAX) + (sum >> 32);
	return fold16((uint32_t)(sum + (sum >> 32))) == fold16(w[MD0_CSUM]);
}

static uint16_t md0_role(const uint32_t w[MD0_WORDS], unsigned number)
{
	const uint32_t *disk = w + MD0_DISK + number * MD0_DISK_WORDS;
	uint32_t raid_disk = disk[3], state = disk[4];

	if (state & (MD0_DISK_FAULTY | MD0_DISK_REMOVED))
		return MD_ROLE_FAULTY;
	if (!(state & (MD0_DISK_SYNC | MD0_DISK_ACTIVE)) || raid_disk >= MD0_DISKS)
		return MD_ROLE_SPARE;
	/* Active but not in sync exists only while a reshape (0.91) fills the new disk. */
	if (!(state & MD0_DISK_SYNC) && w[MD0_MINOR] < 91)
		return MD_ROLE_SPARE;
	return (uint16_t)raid_disk;
}

static int md0_check(const uint32_t w[MD0_WORDS], uint64_t offset, uint64_t size, const char **why)
{
	uint64_t at;

	if (w[MD0_MAJOR] != 0 || (w[MD0_MINOR] != 90 && w[MD0_MINOR] != 91))
		return fail(why, -EBADMSG, "unknown version of the superblock");
	if (!md0_checksum_ok(w))
		return fail(why, -EBADMSG, "checksum of the superblock is wrong");
	if (!md0_offset(size, &at) || at != offset)
		return fail(why, -ENODATA, "superblock of another device that overlaps this one");
	if (!level_known((int32_t)w[MD0_LEVEL]))
		return fail(why, -EBADMSG, "unknown RAID level");
	if (w[MD0_RAID_DISKS] == 0)
		return fail(why, -EBADMSG, "array of no disks");
	if (w[MD0_RAID_DISKS] > MD0_DISKS || w[MD0_THIS] >= MD0_DISKS)
		return fail(why, -EBADMSG, "more disks than such a superblock can hold");
	/* A whole disk's superblock is also at the end of its last partition, which is smaller. */
	if ((int32_t)w[MD0_LEVEL] >= 1 && (uint64_t)w[MD0_SIZE] * 1024 > offset)
		return fail(why, -ENODATA, "superblock of another device that overlaps this one");
	return 0;
}

static bool md0_critical(const uint32_t w[MD0_WORDS])
{
	struct md_reshape reshape = {
		.disks = w[MD0_RAID_DISKS],
		.delta = (int32_t)w[MD0_DELTA],
		.level = (int32_t)w[MD0_LEVEL],
		.new_level = (int32_t)w[MD0_NEW_LEVEL],
		.chunk = w[MD0_CHUNK] / SECTOR,
		.new_chunk = w[MD0_NEW_CHUNK] / SECTOR,
	};

	memcpy(&reshape.position, w + MD0_POSITION, sizeof reshape.position);
	return w[MD0_MINOR] == 91 && md_reshape_critical(&reshape);
}

static int md0_parse(const unsigned char *p, size_t len, uint64_t offset, uint64_t size,
		     struct md_sb *ret, const char **why)
{
	g_autofree struct md_sb *sb = NULL;
	uint32_t w[MD0_WORDS];
	unsigned hi = G_BYTE_ORDER == G_BIG_ENDIAN ? 0 : 1;
	int r;

	if (len < sizeof w)
		return fail(why, -EBADMSG, "superblock is cut short");
	memcpy(w, p, sizeof w);
	r = md0_check(w, offset, size, why);
	if (r < 0)
		return r;

	sb = g_new0(struct md_sb, 1);
	sb->minor = 90; /* 0.91 is how 0.90 says that a reshape is under way */
	sb->reshape = w[MD0_MINOR] == 91;
	sb->critical = md0_critical(w);
	g_snprintf(sb->name, sizeof sb->name, "%u", w[MD0_NUMBER]); /* the only name that it has */
	g_snprintf(sb->uuid, sizeof sb->uuid, "%08x:%08x:%08x:%08x", w[MD0_UUID0], w[MD0_UUID1],
		   w[MD0_UUID1 + 1], w[MD0_UUID1 + 2]);
	sb->level = (int32_t)w[MD0_LEVEL];
	sb->layout = w[MD0_LAYOUT];
	sb->raid_disks = w[MD0_RAID_DISKS];
	sb->dev_number = w[MD0_THIS];
	sb->events = (uint64_t)w[MD0_EVENTS + hi] << 32 | w[MD0_EVENTS + 1 - hi];
	sb->utime = w[MD0_UTIME];
	sb->size = (uint64_t)w[MD0_SIZE] * 2;
	sb->clean = w[MD0_STATE] & 1;
	sb->bitmap = w[MD0_STATE] & 1 << 8;
	sb->bitmap_at = sb->bitmap ? offset + MD0_WORDS * sizeof w[0] : 0;
	for (unsigned i = 0; i < MD0_DISKS; i++)
		sb->roles[i] = md0_role(w, i);
	finish_roles(sb, MD0_DISKS);
	*ret = *sb;
	return 0;
}

int md_sb_parse(const void *buf, size_t len, uint64_t offset, uint64_t size, struct md_sb *ret,
		const char **why)
{
	uint32_t word[2];

	if (len < sizeof word)
		return fail(why, -ENODATA, "too short");
	memcpy(word, buf, sizeof word);
	/* Version 1 is little-endian and says 1; 0.90 has the writer's byte order and says 0. */
	if (GUINT32_FROM_LE(word[0]) == MD_MAGIC && GUINT32_FROM_LE(word[1]) == 1)
		return md1_parse(buf, len, offset, size, ret, why);
	if (word[0] == MD_MAGIC)
		return md0_parse(buf, len, offset, size, ret, why);
	if (word[0] == GUINT32_SWAP_LE_BE(MD_MAGIC) && word[1] == 0)
		return fail(why, -EBADMSG, "superblock of a machine with the other byte order");
	return fail(why, -ENODATA, "no superblock");
}
