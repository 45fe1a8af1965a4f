/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control socket RUNDIR/control.  A client sends lines ("status-json", "answer ID LEN" with LEN
 * bytes behind it, ...) and gets "OK LEN\n" with LEN bytes or "ERR ERRNO TEXT\n" for each.  Nothing
 * here waits: a client that does not read gets no further reply made for it, and a follower that is
 * slow gets the newest status when it has read the one before.
 */
#include "tools.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024
#define CLIENTS_MAX (CONTROL_MAX_FDS - 1)

struct client {
	int fd;
	struct locked in; /* locked: an answer may be in it */
	char *out;
	size_t out_len, out_at;
	bool follow;
	bool stale;   /* follower: the status changed since the last one sent */
	bool closing; /* after what is in out */
};

struct control {
	sact *s;
	struct questions *qs;
	int dir_fd, fd;
	struct client clients[CLIENTS_MAX];
	size_t n;
	char *last; /* status that followers have */
};

/* ---- replies ---- */

static bool busy(const struct client *c)
{
	return c->out_at < c->out_len;
}

static void put(struct client *c, char *bytes, size_t len)
{
	free(c->out);
	c->out = bytes;
	c->out_len = bytes ? len : 0;
	c->out_at = 0;
	if (!bytes)
		c->closing = true; /* no memory: better no reply than half of one */
}

static void reply_ok(struct client *c, const char *text)
{
	char *bytes = NULL;
	int n = asprintf(&bytes, "OK %zu\n%s", strlen(text), text);

	put(c, n < 0 ? NULL : bytes, n);
}

static void reply_error(struct client *c, int error, const char *text)
{
	char *bytes = NULL;
	int n = asprintf(&bytes, "ERR %d %s\n", -error, text);

	put(c, n < 0 ? NULL : bytes, n);
}

/* Takes the result of a call that makes a text. */
static void reply_text(struct client *c, int r, char *text)
{
	if (r < 0)
		reply_error(c, r, strerror(-r));
	else
		reply_ok(c, text);
	free(text);
}

/* ---- requests ---- */

static sact_goal *find_goal(struct control *c, const char *name)
{
	sact_goal *g;

	for (size_t i = 0; (g = sact_get_goal(c->s, i)); i++) {
		const char *spec = sact_goal_get_spec(g), *target = sact_goal_get_target(g);

		if ((spec && strcmp(spec, name) == 0) || (target && strcmp(target, name) == 0))
			return g;
	}
	return NULL;
}

static void do_status_json(struct control *c, struct client *client, const char *arguments)
{
	char *text = NULL;
	int r = sact_status_json(c->s, &text);

	reply_text(client, r, text);
}

static void do_status_text(struct control *c, struct client *client, const char *arguments)
{
	char *text = NULL;
	int r = sact_status_text(c->s, &text);

	reply_text(client, r, text);
}

static void do_explain(struct control *c, struct client *client, const char *arguments)
{
	sact_goal *g = *arguments ? find_goal(c, arguments) : NULL;
	char *text = NULL;
	int r;

	if (*arguments && !g) {
		reply_error(client, -ENOENT, "there is no such goal");
		return;
	}
	r = g ? sact_goal_explain(g, &text) : sact_explain(c->s, &text);
	reply_text(client, r, text);
}

static void do_questions(struct control *c, struct client *client, const char *arguments)
{
	char *text = questions_json(c->qs);

	reply_text(client, text ? 0 : -ENOMEM, text);
}

/* One JSON document, one line: newlines in it stand between tokens only. */
static char *status_line(struct control *c)
{
	char *text = NULL, *to;

	if (sact_status_json(c->s, &text) < 0)
		return NULL;
	to = text;
	for (const char *from = text; *from; from++)
		if (*from != '\n')
			*to++ = *from;
	*to = '\0';
	return text;
}

static void send_status(struct control *c, struct client *client)
{
	client->stale = false;
	if (c->last)
		reply_ok(client, c->last);
}

static void do_follow(struct control *c, struct client *client, const char *arguments)
{
	client->follow = true;
	free(c->last);
	c->last = status_line(c);
	send_status(c, client);
}

static const struct request {
	const char *name;
	bool has_argument;
	void (*run)(struct control *c, struct client *client, const char *arguments);
} requests[] = {
	{"status-json", false, do_status_json}, {"status-text", false, do_status_text},
	{"explain", true, do_explain},		{"questions", false, do_questions},
	{"follow", false, do_follow},
};

static void run_request(struct control *c, struct client *client, char *line)
{
	char *arguments = strchrnul(line, ' ');

	if (*arguments)
		*arguments++ = '\0';
	for (size_t i = 0; i < N_ELEMENTS(requests); i++) {
		if (strcmp(line, requests[i].name) != 0)
			continue;
		if (*arguments && !requests[i].has_argument)
			break;
		requests[i].run(c, client, arguments);
		return;
	}
	reply_error(client, -EINVAL, "the request is not understood");
}

static void answer(struct control *c, struct client *client, uint64_t id, size_t skip, size_t len)
{
	int r = questions_answer(c->qs, id, client->in.bytes + skip, len);

	locked_drop(&client->in, skip + len);
	if (r == -ESTALE)
		reply_error(client, r, "that question does not stand (any more)");
	else if (r < 0)
		reply_error(client, r, strerror(-r));
	else
		reply_ok(client, "");
}

/* "answer ID LEN": false when it is not, or not all there yet. */
static bool take_answer(struct control *c, struct client *client, const char *line, size_t line_len)
{
	uint64_t id, len;
	char number[24];
	int at = 0;

	if (sscanf(line, "answer %16" SCNx64 " %20[0-9]%n", &id, number, &at) != 2 || line[at] ||
	    parse_number(number, &len) < 0 || len > ANSWER_MAX) {
		reply_error(client, -EINVAL, "answer ID LENGTH, at most 8192 bytes");
		client->closing = true; /* what follows cannot be told from requests */
		return true;
	}
	if (client->in.len < line_len + len)
		return false;
	answer(c, client, id, line_len, len);
	return true;
}

/* One request out of what came in; false: there is none yet. */
static bool take_request(struct control *c, struct client *client)
{
	unsigned char *end = memchr(client->in.bytes, '\n', client->in.len);
	size_t len = end ? (size_t)(end - client->in.bytes) + 1 : client->in.len;
	char line[LINE_MAX_BYTES];

	if (len > sizeof line) {
		reply_error(client, -EMSGSIZE, "the line is too long");
		client->closing = true;
		return true;
	}
	if (!end)
		return false;
	memcpy(line, client->in.bytes, len);
	line[len - 1] = '\0';
	if (strncmp(line, "answer ", 7) == 0)
		return take_answer(c, client, line, len);
	locked_drop(&client->in, len);
	run_request(c, client, line);
	return true;
}

/* ---- clients ---- */

static void drop(struct control *c, size_t i)
{
	close(c->clients[i].fd);
	locked_free(&c->clients[i].in);
	free(c->clients[i].out);
	c->clients[i] = c->clients[--c->n];
}

/* False: the client is done with. */
static bool flush(struct client *client)
{
	while (busy(client)) {
		ssize_t n = send(client->fd, client->out + client->out_at,
				 client->out_len - client->out_at, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		client->out_at += n;
	}
	return !client->closing;
}

static bool serve(struct control *c, struct client *client)
{
	do {
		if (!flush(client))
			return false;
		if (!busy(client) && client->follow && client->stale)
			send_status(c, client);
	} while (!busy(client) && !client->closing && take_request(c, client));
	return flush(client);
}

static bool receive(struct control *c, struct client *client)
{
	struct locked *in = &client->in;
	ssize_t n = recv(client->fd, in->bytes + in->len, in->size - in->len, MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0)
		return false;
	in->len += n;
	return serve(c, client);
}

static void accept_client(struct control *c)
{
	int fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct ucred peer;
	socklen_t len = sizeof peer;
	struct client client = {.fd = fd};

	if (fd < 0)
		return;
	if (c->n == CLIENTS_MAX || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0 ||
	    (peer.uid != 0 && peer.uid != geteuid()) ||
	    locked_init(&client.in, ANSWER_MAX + LINE_MAX_BYTES) < 0) {
		close(fd);
		return;
	}
	c->clients[c->n++] = client;
}

void control_changed(struct control *c)
{
	bool followed = false;
	char *line;

	for (size_t i = 0; i < c->n; i++)
		followed = followed || c->clients[i].follow;
	if (!followed || !(line = status_line(c)))
		return;
	if (c->last && strcmp(c->last, line) == 0) {
		free(line);
		return;
	}
	free(c->last);
	c->last = line;
	for (size_t i = c->n; i-- > 0;) {
		c->clients[i].stale = c->clients[i].follow;
		if (c->clients[i].follow && !busy(&c->clients[i]) && !serve(c, &c->clients[i]))
			drop(c, i);
	}
}

size_t control_poll(struct control *c, struct pollfd *fds)
{
	size_t n = 0;

	fds[n++] = (struct pollfd){.fd = c->fd, .events = POLLIN};
	for (size_t i = 0; i < c->n; i++)
		fds[n++] = (struct pollfd){.fd = c->clients[i].fd,
					   .events = busy(&c->clients[i]) ? POLLOUT : POLLIN};
	return n;
}

void control_dispatch(struct control *c, const struct pollfd *fds, size_t n)
{
	bool knock = false;

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		if (!fds[i].revents)
			continue;
		if (fds[i].fd == c->fd) {
			knock = true;
			continue;
		}
		while (k < c->n && c->clients[k].fd != fds[i].fd)
			k++;
		if (k == c->n)
			continue;
		if ((fds[i].revents & POLLIN)	 ? !receive(c, &c->clients[k])
		    : (fds[i].revents & POLLOUT) ? !serve(c, &c->clients[k])
						 : true)
			drop(c, k);
	}
	if (knock) /* last: a new client may get the number of one that was dropped */
		accept_client(c);
}

/* ---- the socket ---- */

int control_new(sact *s, struct questions *qs, int dir_fd, struct control **ret)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct control *c;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), r;

	if (fd < 0)
		return -errno;
	/* Through the descriptor: a path of any length, and surely the folder that was checked. */
	snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/control", dir_fd);
	/* Whoever holds the lock of the run directory is the only one, so a socket there is stale. */
	(void)unlinkat(dir_fd, "control", 0);
	if (fchmod(fd, 0600) < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
	    listen(fd, CLIENTS_MAX) < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	if (!(c = calloc(1, sizeof *c))) {
		close(fd);
		return -ENOMEM;
	}
	*c = (struct control){.s = s, .qs = qs, .dir_fd = dir_fd, .fd = fd};
	*ret = c;
	return 0;
}

struct control *control_free(struct control *c)
{
	if (!c)
		return NULL;
	while (c->n)
		drop(c, c->n - 1);
	(void)unlinkat(c->dir_fd, "control", 0);
	close(c->fd);
	free(c->last);
	free(c);
	return NULL;
}
