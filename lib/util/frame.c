/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/frame.h"

#include <sys/socket.h>
#include <unistd.h>

void frame_clear(struct frame *f)
{
	g_clear_pointer(&f->line, g_free);
	f->secret = secret_free(f->secret);
}

static int send_all(int fd, const void *bytes, size_t len)
{
	const char *p = bytes;

	while (len) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EPIPE ? -ECONNRESET : -errno;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int frame_send(int fd, enum frame_type type, const void *bytes, size_t len)
{
	struct frame_header h = { .type = type, .len = (uint32_t)len };
	int r;

	if (len > (type == FRAME_SECRET ? FRAME_SECRET_MAX : FRAME_RECORD_MAX))
		return -EMSGSIZE;
	r = send_all(fd, &h, sizeof h);
	return r < 0 ? r : send_all(fd, bytes, len);
}

static int recv_all(int fd, void *bytes, size_t len)
{
	char *p = bytes;

	while (len) {
		ssize_t n = read(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -ECONNRESET;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

static int header_check(const struct frame_header *h)
{
	if (h->type != FRAME_RECORD && h->type != FRAME_SECRET)
		return -EBADMSG;
	if (h->len > (h->type == FRAME_SECRET ? FRAME_SECRET_MAX : FRAME_RECORD_MAX))
		return -EMSGSIZE;
	return 0;
}

int frame_recv(int fd, struct frame *ret)
{
	struct frame f = { 0 };
	struct frame_header h;
	int r;

	r = recv_all(fd, &h, sizeof h);
	if (r >= 0)
		r = header_check(&h);
	if (r < 0)
		return r;
	f.type = (enum frame_type)h.type;
	if (f.type == FRAME_SECRET) {
		f.secret = secret_new(NULL, h.len);
		r = f.secret ? recv_all(fd, f.secret->bytes, h.len) : -ENOMEM;
	} else {
		f.line = g_malloc(h.len + 1);
		r = recv_all(fd, f.line, h.len);
		f.line[h.len] = '\0';
		if (r >= 0 && memchr(f.line, '\0', h.len))
			r = -EBADMSG;
	}
	if (r < 0) {
		frame_clear(&f);
		return r;
	}
	*ret = f;
	return 0;
}

void frame_append(GByteArray *to, enum frame_type type, const void *bytes, size_t len)
{
	struct frame_header h = { .type = type, .len = (uint32_t)len };

	g_byte_array_append(to, (const guint8 *)&h, sizeof h);
	g_byte_array_append(to, bytes, (guint)len);
}

int frame_fill(int fd, GByteArray *from)
{
	guint8 chunk[16384];
	int total = 0;

	while (total < (1 << 24)) {
		ssize_t n = recv(fd, chunk, sizeof chunk, MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? total : -errno;
		if (n == 0)
			return total ? total : -ECONNRESET;
		g_byte_array_append(from, chunk, (guint)n);
		total += (int)n;
	}
	return total;
}

int frame_take(GByteArray *from, char **line)
{
	struct frame_header h;
	char *text;
	int r;

	if (from->len < sizeof h)
		return 0;
	memcpy(&h, from->data, sizeof h);
	r = header_check(&h);
	if (r < 0)
		return r;
	if (h.type != FRAME_RECORD)
		return -EBADMSG;
	if (from->len - sizeof h < h.len)
		return 0;
	if (memchr(from->data + sizeof h, '\0', h.len))
		return -EBADMSG;
	text = g_strndup((const char *)from->data + sizeof h, h.len);
	g_byte_array_remove_range(from, 0, (guint)(sizeof h + h.len));
	*line = text;
	return 1;
}
