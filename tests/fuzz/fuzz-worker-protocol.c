/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What goes over the socket between engine and worker, read by both: by the library's pool as if a
 * worker had sent it, and by the worker's loop as if the engine had.  The socket is memory: reading
 * and writing are taken over at link time, so that they are short and interrupted wherever the
 * input says.  The same comes out whatever the pieces were in which it came in, each job is answered
 * once, and a length that is none costs nothing.
 *
 * Input: two bytes that decide about pieces and what the engine does meanwhile, then the stream as
 * it is or (first byte odd) a line for each frame: "!..." a secret, "~..." one that announces more
 * than it has.
 */
#include "config.h" /* first: worker/main.c wants all that Linux has */

#include "fuzz.h"

#define main worker_main
int worker_main(int argc, char *argv[]);
#include "../../worker/main.c"
#undef main

#include "pool.h"

#include <sanitizer/allocator_interface.h>
#include <spawn.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>

#define FIRST_FD 1000 /* far above what is open */
#define WORKERS 32
#define JOBS 4
#define SECRET_TOO_LONG 65537
#define SMALL (64U << 10)
#define MANGLED 5 /* bytes more than there are */
#define ROUNDS_MAX 100

/* ---- the socket ---- */

static struct wire {
	const uint8_t *bytes;
	size_t len, at;
	uint64_t random; /* 0: whole, never interrupted */
	bool closed;	 /* behind the bytes is the end; otherwise nothing yet */
	bool on;
	bool no_pidfd, refused; /* an old kernel; all sockets but the first are closed there */
	GByteArray *sent[WORKERS];
	void *tags[WORKERS];
	unsigned pairs;
} wire;

static size_t largest; /* allocation since it was set to 0 */

/* How much of len goes now; 0: EINTR, or EAGAIN where that may be. */
static size_t piece(size_t len)
{
	size_t most;

	if (!wire.random)
		return len;
	wire.random = wire.random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	most = wire.random >> 60 < 2   ? 0
	       : wire.random >> 60 < 9 ? 1 + (wire.random >> 33) % 5
				       : 1 + (wire.random >> 33) % 700;
	return MIN(len, most);
}

static ssize_t not_now(bool may_be_later)
{
	errno = may_be_later && wire.random >> 59 & 1 ? EAGAIN : EINTR;
	return -1;
}

static ssize_t wire_read(void *to, size_t len, bool nonblocking)
{
	size_t n = piece(len);

	n = MIN(n, wire.len - wire.at);
	if (len && wire.at == wire.len) {
		errno = EAGAIN;
		return wire.closed ? 0 : -1;
	}
	if (len && !n)
		return not_now(nonblocking);
	memcpy(to, wire.bytes + wire.at, n);
	wire.at += n;
	return (ssize_t)n;
}

ssize_t __real_read(int fd, void *to, size_t len);
ssize_t __wrap_read(int fd, void *to, size_t len);
ssize_t __wrap_read(int fd, void *to, size_t len)
{
	return wire.on && fd == ENGINE_FD ? wire_read(to, len, false) : __real_read(fd, to, len);
}

/* Only the first worker says anything. */
ssize_t __wrap_recv(int fd, void *to, size_t len, int flags);
ssize_t __wrap_recv(int fd, void *to, size_t len, int flags)
{
	return fd == FIRST_FD ? wire_read(to, len, flags & MSG_DONTWAIT) : 0;
}

ssize_t __wrap_send(int fd, const void *bytes, size_t len, int flags);
ssize_t __wrap_send(int fd, const void *bytes, size_t len, int flags)
{
	unsigned i = fd == ENGINE_FD ? 0 : (unsigned)(fd - FIRST_FD) / 2;
	size_t n = piece(len);

	fuzz_check(i < WORKERS && flags & MSG_NOSIGNAL);
	if (i && wire.refused) {
		errno = EPIPE;
		return -1;
	}
	if (len && !n)
		return not_now(flags & MSG_DONTWAIT);
	g_byte_array_append(wire.sent[i], bytes, (guint)n);
	return (ssize_t)n;
}

int __wrap_socketpair(int domain, int type, int protocol, int sv[2]);
int __wrap_socketpair(int domain, int type, int protocol, int sv[2])
{
	fuzz_check(domain == AF_UNIX && type & SOCK_CLOEXEC && !protocol && wire.pairs < WORKERS);
	sv[0] = FIRST_FD + 2 * (int)wire.pairs++;
	sv[1] = sv[0] + 1;
	return 0;
}

int __wrap_posix_spawn(pid_t *ret, const char *path, const posix_spawn_file_actions_t *files,
		       const posix_spawnattr_t *attr, char *const argv[], char *const env[]);
int __wrap_posix_spawn(pid_t *ret, const char *path, const posix_spawn_file_actions_t *files,
		       const posix_spawnattr_t *attr, char *const argv[], char *const env[])
{
	fuzz_check(path && files && attr && argv && env);
	*ret = -1;
	return 0;
}

/* Its end of the pair, which the engine has closed: it is neither signalled nor waited for. */
int __wrap_pidfd_open(pid_t pid, unsigned flags);
int __wrap_pidfd_open(pid_t pid, unsigned flags)
{
	fuzz_check(pid == -1 && !flags);
	return wire.no_pidfd ? -1 : FIRST_FD + 2 * (int)wire.pairs - 1;
}

int __wrap_epoll_ctl(int epfd, int op, int fd, struct epoll_event *ev);
int __wrap_epoll_ctl(int epfd, int op, int fd, struct epoll_event *ev)
{
	fuzz_check(epfd == -1 && fd >= FIRST_FD && fd < FIRST_FD + 2 * WORKERS);
	if (op == EPOLL_CTL_ADD)
		wire.tags[(fd - FIRST_FD) / 2] = ev->data.ptr;
	return 0;
}

static void wire_begin(const GByteArray *stream, uint64_t random)
{
	wire.bytes = stream->data;
	wire.len = stream->len;
	wire.at = 0;
	wire.random = random;
	wire.closed = false;
	wire.pairs = 0;
	for (unsigned i = 0; i < WORKERS; i++)
		if (!wire.sent[i])
			wire.sent[i] = g_byte_array_new();
		else if (wire.sent[i]->len)
			g_byte_array_set_size(wire.sent[i], 0);
}

static void on_malloc(const volatile void *p, size_t size)
{
	(void)p;
	largest = MAX(largest, size);
}

static void on_free(const volatile void *p)
{
	(void)p;
}

/* ---- what a stream is, found without frame.c ---- */

struct said {
	uint32_t type;
	const uint8_t *bytes;
	uint32_t len;
};

/* The frames of the stream, and why there are no more: 0 it ends, within a frame maybe. */
static int frames_of(const GByteArray *stream, GArray *frames)
{
	size_t at = 0;

	while (stream->len - at >= 8) {
		const uint8_t *p = stream->data + at;
		struct said s = {.bytes = p + 8};

		memcpy(&s.type, p, 4);
		memcpy(&s.len, p + 4, 4);
		if (s.type != 1 && s.type != 2)
			return -EBADMSG;
		if (s.len > (s.type == 1 ? UINT32_C(0x1000000) : UINT32_C(0x800000)))
			return -EMSGSIZE;
		if (stream->len - at - 8 < s.len)
			return 0;
		if (s.type == 1 && s.len && memchr(s.bytes, 0, s.len))
			return -EBADMSG;
		g_array_append_val(frames, s);
		at += 8 + s.len;
	}
	return 0;
}

static bool is_text(const struct said *s, const char *line)
{
	return strlen(line) == s->len && !memcmp(line, s->bytes, s->len);
}

/* ---- the codec of what is in them ---- */

#define SAME_U64(x, y) fuzz_check((x) == (y))
#define SAME_S64(x, y) fuzz_check((x) == (y))
#define SAME_BOOL(x, y) fuzz_check((x) == (y))
#define SAME_DEV(x, y) fuzz_check((x) == (y))
#define SAME_STR(x, y) fuzz_check(streq0(x, y))
#define SAME(kind, name) SAME_##kind(a.name, b.name);

static void try_input(const char *line)
{
	g_autoptr(GString) text = g_string_new(NULL);
	struct input a, b;

	if (input_decode(line, &a) < 0)
		return;
	input_encode(&a, text);
	fuzz_check(input_decode(text->str, &b) == 0 && a.type_id == b.type_id);
	INPUT_FIELDS(SAME)
	input_clear(&a);
	input_clear(&b);
}

static void try_action(const char *line)
{
	g_autoptr(GString) text = g_string_new(NULL);
	struct action a, b;

	if (action_decode(line, &a) < 0)
		return;
	action_encode(&a, text);
	fuzz_check(action_decode(text->str, &b) == 0 && a.type_id == b.type_id);
	ACTION_FIELDS(SAME)
	action_clear(&a);
	action_clear(&b);
}

/* ---- frames alone ---- */

static void try_take(const GByteArray *stream, uint64_t random, const GArray *frames, int end)
{
	g_autoptr(GByteArray) in = g_byte_array_new();
	guint n = 0, before;
	int r = 0, filled;

	wire_begin(stream, random);
	largest = 0;
	do {
		char *line = NULL;

		wire.closed = wire.at == wire.len;
		filled = frame_fill(FIRST_FD, in);
		fuzz_check(filled >= 0 || filled == -ECONNRESET);
		while ((r = frame_take(in, &line)) > 0) {
			fuzz_check(n < frames->len &&
				   is_text(&g_array_index(frames, struct said, n), line));
			try_input(line);
			try_action(line);
			g_clear_pointer(&line, g_free);
			n++;
		}
		fuzz_check(!line);
	} while (r == 0 && filled >= 0);
	if (n < frames->len) {
		fuzz_check(g_array_index(frames, struct said, n).type == FRAME_SECRET &&
			   r == -EBADMSG);
		end = r;
	} else if (r == -EBADMSG && end == 0) {
		/* a secret whose end has not come, either: nothing of it is waited for */
		memcpy(&before, in->data, sizeof before);
		fuzz_check(before == FRAME_SECRET);
		end = r;
	} else if (r == -EBADMSG && end == -EMSGSIZE) {
		fuzz_check(!"a length comes before what it is of");
	}
	fuzz_check(r == end);
	before = in->len;
	fuzz_check(r == 0 || (frame_take(in, NULL) == r && in->len == before));
	fuzz_check(largest <= 4 * (size_t)stream->len + SMALL);
}

static void try_recv(const GByteArray *stream, uint64_t random, const GArray *frames, int end)
{
	struct frame f = {0};
	size_t at = 0;

	wire_begin(stream, random);
	wire.closed = true;
	for (guint i = 0; i < frames->len; i++) {
		const struct said *s = &g_array_index(frames, struct said, i);

		fuzz_check(frame_recv(ENGINE_FD, &f) == 0 && f.type == s->type);
		if (f.type == FRAME_RECORD)
			fuzz_check(!f.secret && is_text(s, f.line));
		else
			fuzz_check(!f.line && f.secret->len == s->len &&
				   !memcmp(f.secret->bytes, s->bytes, s->len));
		frame_clear(&f);
		at += 8 + s->len;
	}
	fuzz_check(wire.at == at);
	largest = 0;
	fuzz_check(frame_recv(ENGINE_FD, &f) == (end ?: -ECONNRESET));
	fuzz_check(!f.line && !f.secret);
	/* Nothing is made for, nor read of, what is too long or of no type; a NUL is seen when it
	 * is read. */
	if (end == -EMSGSIZE)
		fuzz_check(wire.at == at + 8 && largest < SMALL);
	fuzz_check(largest <= FRAME_RECORD_MAX + SMALL);
}

/* ---- the worker ---- */

int sys_fail(struct input *res, int error, const char *format, ...)
{
	va_list ap;

	g_free(res->text);
	va_start(ap, format);
	res->text = g_strdup_vprintf(format, ap);
	va_end(ap);
	return error;
}

void sys_cancel_init(void)
{
}

void sys_action_begin(bool killable)
{
	(void)killable;
}

void sys_action_end(void)
{
}

/* What it was given comes back. */
static int effect(const struct action *a, const struct secret *secret, struct input *res)
{
	GString *all = g_string_new(NULL);

	fuzz_check(action_is_effect(a));
	action_encode(a, all);
	res->text = g_string_free(all, FALSE);
	res->flag = secret;
	res->count = secret ? secret->len : 0;
	return a->flag ? -EIO : 0;
}

#define EFFECT(name)                                                                               \
	int name(const struct action *a, const struct secret *s, struct input *res)                \
	{                                                                                          \
		return effect(a, s, res);                                                          \
	}
EFFECT(effect_probe)
EFFECT(effect_modules)
EFFECT(effect_link)
EFFECT(effect_md_assemble)
EFFECT(effect_md_add)
EFFECT(effect_md_stop)
EFFECT(effect_dm_activate)
EFFECT(effect_dm_remove)
EFFECT(effect_luks_open)
EFFECT(effect_fsck)
EFFECT(effect_mount)
EFFECT(effect_umount)
EFFECT(effect_swapon)
EFFECT(effect_swapoff)
EFFECT(effect_resume)

static void answer_check(const char *line, const struct said *asked, const struct said *secret)
{
	g_autofree char *text = g_strndup((const char *)asked->bytes, asked->len);
	g_autoptr(GString) all = g_string_new(NULL);
	struct action a;
	struct input in;
	bool known = action_decode(text, &a) == 0;

	fuzz_check(input_decode(line, &in) == 0 && in.type_id == INPUT_RESULT && in.id == a.id);
	if (!known) {
		fuzz_check(in.error == -EBADMSG && in.text);
	} else if (!action_is_effect(&a)) {
		fuzz_check(in.error == -EINVAL && in.text);
	} else {
		action_encode(&a, all);
		fuzz_check(in.error == (a.flag ? -EIO : 0) && streq0(in.text, all->str));
		fuzz_check(in.flag == (secret != NULL) && in.count == (secret ? secret->len : 0));
	}
	action_clear(&a);
	input_clear(&in);
}

static void try_worker(const GByteArray *stream, uint64_t random, const GArray *frames, int end)
{
	const struct said *secret = NULL;
	char *line = NULL;

	wire_begin(stream, random);
	wire.closed = true;
	fuzz_check(serve() == end);
	for (guint i = 0; i < frames->len; i++) {
		const struct said *s = &g_array_index(frames, struct said, i);

		if (s->type == FRAME_SECRET) {
			secret = s;
			continue;
		}
		fuzz_check(frame_take(wire.sent[0], &line) == 1);
		answer_check(line, s, secret);
		secret = NULL;
		g_clear_pointer(&line, g_free);
	}
	fuzz_check(!wire.sent[0]->len);
}

/* ---- the engine ---- */

struct engine {
	GString *answers;
	unsigned times[JOBS + 1];
};

static void on_result(void *data, const struct input *in)
{
	struct engine *e = data;

	fuzz_check(in->type_id == INPUT_RESULT && in->id >= 1 && in->id <= JOBS);
	fuzz_check(!e->times[in->id]++);
	input_encode(in, e->answers);
	g_string_append_c(e->answers, '\n');
}

/* All that it asked is whole as far as it went out, and is what was submitted; only one has a
 * secret. */
static void asked_check(void)
{
	for (unsigned i = 0; i < wire.pairs; i++) {
		g_autoptr(GArray) frames = g_array_new(FALSE, FALSE, sizeof(struct said));

		fuzz_check(frames_of(wire.sent[i], frames) == 0);
		for (guint k = 0; k < frames->len; k++) {
			const struct said *s = &g_array_index(frames, struct said, k);
			g_autofree char *text = g_strndup((const char *)s->bytes, s->len);
			bool open = k && (s - 1)->type == FRAME_SECRET;
			struct action a;

			if (s->type == FRAME_SECRET)
				continue;
			fuzz_check(action_decode(text, &a) == 0 && a.id >= 1 && a.id <= JOBS);
			fuzz_check(open == (a.type_id == ACTION_LUKS_OPEN));
			action_clear(&a);
		}
	}
}

static char *try_engine(const GByteArray *stream, uint64_t random, uint8_t what)
{
	static const enum action_type types[] = {ACTION_PROBE, ACTION_MOUNT, ACTION_LUKS_OPEN,
						 ACTION_DM_ACTIVATE};
	_cleanup_(secret_freep) struct secret *secret =
		secret_new(NULL, what & 128 ? SECRET_TOO_LONG : 6);
	struct engine e = {.answers = g_string_new(NULL)};
	struct pool *p;
	unsigned rounds = 0;

	wire_begin(stream, random);
	wire.no_pidfd = what & 32;
	wire.refused = what & 64;
	fuzz_check(pool_new(&p, -1, true, on_result, &e) == 0);
	for (unsigned i = 0; i < JOBS; i++) {
		struct action a = {.type_id = types[i], .id = i + 1, .node = (char *)"sda"};

		pool_submit(p, &a, types[i] == ACTION_LUKS_OPEN ? secret : NULL);
	}
	if (what & 1)
		pool_cancel(p, 2, false);
	if (what & 2)
		pool_overtake(p, 1);
	if (what & 4)
		pool_cancel(p, 1, what & 8);
	if (what & 16)
		pool_cancel(p, 3, false);
	while (pool_owns(p, wire.tags[0]) && wire.at < wire.len)
		pool_dispatch(p, wire.tags[0]);
	wire.closed = true;
	for (unsigned i = 0; i < wire.pairs; i++)
		for (; pool_owns(p, wire.tags[i]); rounds++) {
			fuzz_check(rounds < ROUNDS_MAX);
			pool_dispatch(p, wire.tags[i]);
		}
	for (unsigned i = 1; i <= JOBS; i++)
		fuzz_check(e.times[i] == 1);
	fuzz_check(pool_started(p) == wire.pairs);
	asked_check();
	pool_free(p);
	wire.no_pidfd = wire.refused = false;
	return g_string_free(e.answers, FALSE);
}

/* ---- the input ---- */

static GByteArray *stream_of(bool lines, const uint8_t *data, size_t size)
{
	GByteArray *stream = g_byte_array_new();

	if (!lines) {
		g_byte_array_append(stream, data, (guint)size);
		return stream;
	}
	for (const uint8_t *end; size;
	     size -= MIN(size, (size_t)(end - data) + 1), data = end + 1) {
		enum frame_type type = *data == '!' ? FRAME_SECRET : FRAME_RECORD;
		guint at = stream->len;

		end = memchr(data, '\n', size) ?: data + size;
		frame_append(stream, type, data, (size_t)(end - data));
		if (*data == '~')
			fuzz_put_le32(stream->data + at + 4, (uint32_t)(end - data) + MANGLED);
	}
	return stream;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool hooked;
	g_autoptr(GArray) frames = g_array_new(FALSE, FALSE, sizeof(struct said));
	g_autoptr(GByteArray) stream = NULL;
	g_autofree char *whole = NULL, *pieces = NULL;
	uint64_t random;
	int end;

	if (size < 2)
		return -1;
	if (!hooked)
		hooked = __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
	stream = stream_of(data[0] & 1, data + 2, size - 2);
	random = (uint64_t)data[0] << 8 | data[1] | UINT64_C(1) << 40;
	end = frames_of(stream, frames);
	wire.on = true;
	try_take(stream, 0, frames, end);
	try_take(stream, random, frames, end);
	try_recv(stream, 0, frames, end);
	try_recv(stream, random, frames, end);
	try_worker(stream, 0, frames, end);
	try_worker(stream, random, frames, end);
	whole = try_engine(stream, 0, data[1]);
	pieces = try_engine(stream, random, data[1]);
	fuzz_check(g_str_equal(whole, pieces));
	wire.on = false;
	return 0;
}
