/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORAGEACTIVATE_GLIB_H
#define STORAGEACTIVATE_GLIB_H

/**
 * SECTION:storageactivate-glib
 * @short_description: for callers that use GLib
 *
 * g_autoptr() for all handles, and a #GSource over a context.  Everything is in this header: the
 * library exports nothing for it, and a program that includes it links GLib itself.
 */

#include <glib.h>
#include <storageactivate.h>

G_BEGIN_DECLS

G_DEFINE_AUTOPTR_CLEANUP_FUNC(sact, sact_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sact_goal, sact_goal_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sact_event, sact_event_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sact_secret, sact_secret_unref)

/**
 * sact_source_func:
 * @s: the context.
 * @event: what happened; the source frees it afterwards.  NULL: that was all for now, which is the
 *	moment to look at sact_is_settled().
 * @error: 0, or the negative errno of sact_dispatch(): the source is removed then.
 * @data: as given to g_source_set_callback().
 *
 * Returns: %G_SOURCE_CONTINUE or %G_SOURCE_REMOVE.
 * Since: 0.1
 */
typedef gboolean (*sact_source_func)(sact *s, sact_event *event, int error, gpointer data);

/*< private >*/
struct sact_gsource {
	GSource source;
	sact *s;
	sact_event *next; /* taken to know that there is one */
	gpointer tag;
};

static inline gboolean sact_gsource_prepare(GSource *source, gint *timeout)
{
	struct sact_gsource *g = (struct sact_gsource *)(void *)source;

	*timeout = -1;
	/* Answers given between two rounds may have led to events that the descriptor knows nothing of. */
	return g->next || sact_next_event(g->s, &g->next) > 0;
}

static inline gboolean sact_gsource_check(GSource *source)
{
	struct sact_gsource *g = (struct sact_gsource *)(void *)source;

	return g->next || g_source_query_unix_fd(source, g->tag);
}

static inline gboolean sact_gsource_dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
	struct sact_gsource *g = (struct sact_gsource *)(void *)source;
	sact_source_func fn = (sact_source_func)(void (*)(void))callback;
	gboolean more = G_SOURCE_CONTINUE;
	int r = 0;

	if (g_source_query_unix_fd(source, g->tag))
		r = sact_dispatch(g->s);
	while (more && !g_source_is_destroyed(source) && (g->next || sact_next_event(g->s, &g->next) > 0)) {
		sact_event *event = g->next;

		g->next = NULL;
		if (fn)
			more = fn(g->s, event, 0, data);
		sact_event_unref(event);
	}
	if (more && fn && !g_source_is_destroyed(source))
		more = fn(g->s, NULL, r < 0 ? r : 0, data);
	return more && r >= 0;
}

static inline void sact_gsource_finalize(GSource *source)
{
	struct sact_gsource *g = (struct sact_gsource *)(void *)source;

	sact_event_unref(g->next);
	sact_unref(g->s);
}

/*< public >*/

/**
 * sact_source_new:
 * @s: a started context; the source takes a reference.
 *
 * Makes a source that calls sact_dispatch() when it has something to do, and a #sact_source_func
 * (set it with sact_source_set_callback()) for each event.  It belongs to the thread of the
 * #GMainContext that it is attached to.
 *
 * Returns: (transfer full): the source; NULL if @s is NULL.
 * Since: 0.1
 */
static inline GSource *sact_source_new(sact *s)
{
	static GSourceFuncs funcs;
	struct sact_gsource *g;
	GSource *source;

	g_return_val_if_fail(s != NULL, NULL);
	funcs.prepare = sact_gsource_prepare;
	funcs.check = sact_gsource_check;
	funcs.dispatch = sact_gsource_dispatch;
	funcs.finalize = sact_gsource_finalize;
	source = g_source_new(&funcs, (guint)sizeof *g);
	g = (struct sact_gsource *)(void *)source;
	g->s = sact_ref(s);
	g->tag = g_source_add_unix_fd(source, sact_get_fd(s), G_IO_IN);
	g_source_set_name(source, "storageactivate");
	return source;
}

/**
 * sact_source_set_callback:
 * @source: of sact_source_new().
 * @fn: what is called for each event.
 * @data: for @fn.
 * @notify: frees @data; may be NULL.
 *
 * As g_source_set_callback(), with the right type.
 *
 * Since: 0.1
 */
static inline void sact_source_set_callback(GSource *source, sact_source_func fn, gpointer data,
					    GDestroyNotify notify)
{
	g_source_set_callback(source, (GSourceFunc)(void (*)(void))fn, data, notify);
}

G_END_DECLS

#endif
