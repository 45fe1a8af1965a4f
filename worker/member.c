/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the superblock of an md member and the metadata of an LVM physical volume. */
#include "probe.h"

#include "format/format.h"

#include <fcntl.h>
#include <stdlib.h>

#define DIRECT_ALIGN   4096
#define LVM_TEXT_MAX   (UINT64_C(7) << 20) /* twice of it, quoted, fits in a record */
#define LVM_AREA_START 512		   /* where the text's ring begins again */

static void free_ptr(void *p)
{
	free(*(void **)p);
}

/* The kernel writes md superblocks past the page cache, so a cached view may be old. */
static void set_direct(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags >= 0)
		(void)fcntl(fd, F_SETFL, on ? flags | O_DIRECT : flags & ~O_DIRECT);
}

static int read_fresh(int fd, void *to, size_t len, uint64_t offset)
{
	int r;

	set_direct(fd, offset % DIRECT_ALIGN == 0);
	r = sys_pread(fd, to, len, offset);
	set_direct(fd, false);
	return r == -EINVAL ? sys_pread(fd, to, len, offset) : r;
}

static void append_role(GString *to, int role)
{
	if (to->len)
		g_string_append_c(to, ' ');
	switch (role) {
	case 0xffff:
		g_string_append_c(to, 's');
		break;
	case 0xfffe:
		g_string_append_c(to, 'f');
		break;
	case 0xfffd:
		g_string_append_c(to, 'j');
		break;
	default:
		g_string_append_printf(to, "%d", role);
	}
}

/* The table has room for 128 members and more: those behind the last that means something are left out. */
static unsigned roles_used(const struct md_sb *sb)
{
	unsigned n = MIN(sb->n_roles, G_N_ELEMENTS(sb->roles));

	while (n > sb->raid_disks && n > sb->dev_number + 1 && sb->roles[n - 1] == 0xffff)
		n--;
	return n;
}

static void md_fill(const struct md_sb *sb, bool damaged, struct input *res)
{
	g_autoptr(GString) roles = g_string_new(NULL), flags = g_string_new(NULL);
	g_autofree char *version = g_strdup_printf(sb->major ? "%u.%u" : "%u.%02u", sb->major, sb->minor);

	for (unsigned i = 0; i < roles_used(sb); i++)
		append_role(roles, sb->roles[i]);
	g_string_append_printf(flags, "%s%s%s%s%s%s%s", sb->bitmap ? "bitmap " : "", damaged ? "damaged " : "",
			       sb->journal ? "journal " : "", sb->ppl ? "ppl " : "", sb->reshape ? "reshape " : "",
			       sb->critical ? "critical " : "", sb->clean ? "clean " : "");
	if (flags->len)
		g_string_truncate(flags, flags->len - 1);
	str_set(&res->version, version);
	str_set(&res->uuid, sb->uuid);
	str_set(&res->uuid_sub, *sb->dev_uuid ? sb->dev_uuid : NULL);
	str_set(&res->md_name, *sb->name ? sb->name : NULL);
	res->md_level = sb->level;
	res->md_disks = sb->raid_disks;
	res->md_role = sb->role;
	res->md_number = sb->dev_number;
	res->md_events = sb->events;
	res->md_utime = sb->utime;
	res->md_layout = sb->layout;
	res->md_size = sb->size;
	res->data_offset = sb->data_offset * 512;
	str_set(&res->md_roles, roles->str);
	str_set(&res->md_flags, flags->len ? flags->str : NULL);
}

/* Two formats can be on one device, an old 0.90 behind a new 1.2: the one that libblkid names counts. */
static bool version_is(const struct md_sb *sb, const char *version)
{
	g_auto(GStrv) part = g_strsplit(version ?: "", ".", 2);
	uint64_t ma, mi;

	if (g_strv_length(part) != 2 || parse_u64(part[0], &ma) < 0 || parse_u64(part[1], &mi) < 0)
		return true;
	return sb->major == ma && sb->minor == mi;
}

/* The kernel starts no array of which a member has such a bitmap. */
static bool bitmap_damaged(int fd, const struct md_sb *sb)
{
	_cleanup_(free_ptr) void *buf = NULL;
	uint64_t at = sb->bitmap_at & ~(uint64_t)(DIRECT_ALIGN - 1);
	int r;

	if (!sb->bitmap_at || posix_memalign(&buf, DIRECT_ALIGN, 2 * DIRECT_ALIGN) != 0)
		return false;
	r = read_fresh(fd, buf, 2 * DIRECT_ALIGN, at);
	if (r < (int)(sb->bitmap_at - at + MD_BITMAP_BYTES))
		return false; /* what cannot be read is the kernel's to judge */
	return !md_bitmap_sound((char *)buf + (sb->bitmap_at - at), MD_BITMAP_BYTES, sb);
}

int member_md(int fd, uint64_t size, struct input *res)
{
	g_autofree struct md_sb *sb = g_new0(struct md_sb, 1), *found = g_new0(struct md_sb, 1);
	_cleanup_(free_ptr) void *buf = NULL;
	const char *why = "no superblock", *bad = NULL;
	uint64_t offsets[4];
	bool any = false;
	int n = md_sb_offsets(size, offsets), r, broken = 0;

	if (posix_memalign(&buf, DIRECT_ALIGN, MD_SB_BYTES) != 0)
		return -ENOMEM;
	for (int i = 0; i < n; i++) {
		r = read_fresh(fd, buf, MD_SB_BYTES, offsets[i]);
		if (r < 0)
			return sys_fail(res, r, "reading the md superblock: %s", g_strerror(-r));
		r = md_sb_parse(buf, (size_t)r, offsets[i], size, sb, &why);
		if (r < 0 && r != -ENODATA) {
			broken = r;
			bad = why;
		}
		if (r < 0 || (any && !version_is(sb, res->version)))
			continue;
		*found = *sb;
		any = true;
		if (version_is(sb, res->version))
			break;
	}
	if (!any)
		return broken ? sys_fail(res, broken, "md superblock: %s", bad) : -ENODATA;
	md_fill(found, bitmap_damaged(fd, found), res);
	return 0;
}

static int lvm_read_text(int fd, const struct lvm_area *area, const struct lvm_text_location *at, char **ret,
			 const char **why)
{
	g_autofree char *text = NULL;
	size_t first;
	int r;

	*why = "its metadata lies outside of its area";
	if (at->offset < LVM_AREA_START || at->offset >= area->size || at->size > area->size - LVM_AREA_START)
		return -EBADMSG;
	*why = "its metadata is too large";
	if (at->size > LVM_TEXT_MAX)
		return -EOVERFLOW;
	*why = "its metadata cannot be read";
	text = g_malloc(at->size + 1);
	first = (size_t)MIN(at->size, area->size - at->offset);
	r = sys_pread(fd, text, first, area->offset + at->offset);
	if (r < 0 || (size_t)r != first)
		return r < 0 ? r : -EBADMSG;
	r = sys_pread(fd, text + first, at->size - first, area->offset + LVM_AREA_START);
	if (r < 0 || (size_t)r != at->size - first)
		return r < 0 ? r : -EBADMSG;
	*why = "the checksum of its metadata is wrong";
	if (lvm_crc(LVM_CRC_INITIAL, text, at->size) != at->crc)
		return -EBADMSG;
	text[at->size] = '\0';
	*why = "its metadata is not text";
	if (strlen(text) + 1 < at->size) /* one NUL belongs to it */
		return -EBADMSG;
	*ret = g_steal_pointer(&text);
	return 0;
}

/* Only to tell the newer of two areas; the core parses the text. */
static uint64_t text_seqno(const char *text)
{
	const char *at = strstr(text, "seqno = ");

	return at ? g_ascii_strtoull(at + strlen("seqno = "), NULL, 10) : 0;
}

static int lvm_area_text(int fd, const struct lvm_area *area, char **ret, const char **why)
{
	unsigned char head[512];
	struct lvm_text_location at;
	int r = sys_pread(fd, head, sizeof head, area->offset);

	*why = "a metadata area cannot be read";
	if (r < 0 || (size_t)r < sizeof head)
		return r < 0 ? r : -EBADMSG;
	r = lvm_mda_parse(head, sizeof head, area, &at, why);
	return r < 0 ? r : lvm_read_text(fd, area, &at, ret, why);
}

/*
 * A damaged copy of the metadata is said, and the label alone makes it a PV: the other copy of the text,
 * on it or on another PV, says what lies on it.
 */
int member_lvm(int fd, struct input *res)
{
	unsigned char sectors[LVM_LABEL_BYTES];
	const char *why = "no label", *bad = NULL;
	struct lvm_label label;
	uint64_t best = 0;
	int r;

	r = sys_pread(fd, sectors, sizeof sectors, 0);
	if (r >= 0)
		r = lvm_label_parse(sectors, (size_t)r, &label, &why);
	if (r < 0)
		return r == -ENODATA ? r : sys_fail(res, r, "LVM label: %s", why);
	str_set(&res->uuid, label.pv_uuid);
	for (unsigned i = 0; i < label.n_areas && i < G_N_ELEMENTS(label.areas); i++) {
		g_autofree char *text = NULL;
		uint64_t seqno;

		r = lvm_area_text(fd, &label.areas[i], &text, &why);
		if (r < 0) {
			bad = r != -ENODATA ? why : bad;
			continue;
		}
		seqno = text_seqno(text);
		if (res->lvm_metadata && seqno <= best)
			continue;
		best = seqno;
		g_free(res->lvm_metadata);
		res->lvm_metadata = g_steal_pointer(&text);
	}
	if (bad) {
		g_free(res->text);
		res->text = g_strdup_printf("LVM physical volume: %s; %s", bad,
					    res->lvm_metadata ? "its other copy is used" :
								"what other volumes of its group say of it counts");
	}
	res->lvm_seqno = best;
	return 0;
}
