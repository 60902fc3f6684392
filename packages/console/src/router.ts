import type { QueryClient } from '@tanstack/vue-query'
import { createRouter, createWebHistory, START_LOCATION, type Router } from 'vue-router'
import { routes } from 'vue-router/auto-routes'
import { readMe } from './api/me'
import { asApiProblem } from './api/problem'

declare module 'vue-router' {
  interface RouteMeta {
    /** Page title; also the last part of the breadcrumb. */
    title?: string
    /** Shown to everybody, without the frame. */
    public?: boolean
    /** Parts of the breadcrumb between the level and the page. */
    parents?: { title: string; to: string }[]
  }
}

export function createConsoleRouter(queryClient: QueryClient): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes,
    // A first page is at its top already, and to scroll there would lay it out twice.
    scrollBehavior: (_to, from, saved) => saved ?? (from === START_LOCATION ? false : { top: 0 }),
  })

  router.beforeEach(async (to) => {
    if (to.meta.public) return true
    try {
      const me = await readMe(queryClient)
      if (!me.user) return { path: '/sign-in', query: to.path === '/' ? {} : { next: to.fullPath } }
      const agency = me.tenants.find((tenant) => tenant.kind === 'agency')
      const first = me.tenants.find((tenant) => tenant.kind === 'client')
      // People of a client have no agency level: their workspace is their start.
      if (!agency && first && !('client' in to.params) && to.path === '/') return `/clients/${first.slug}`
      return true
    } catch (error) {
      if (asApiProblem(error).status === 401) return { path: '/sign-in', query: { next: to.fullPath } }
      // The frame says what happened and offers to try again.
      return true
    }
  })

  router.afterEach((to) => {
    document.title = to.meta.title ? `${to.meta.title} · Guildhall` : 'Guildhall'
  })

  // After an upgrade the chunks of the old version are gone: load the page anew, once.
  router.onError((error, to) => {
    if (
      !(error instanceof Error) ||
      !/dynamically imported module|Importing a module script failed/.test(error.message)
    )
      return
    if (sessionStorage.getItem('reloaded-for') === to.fullPath) return
    sessionStorage.setItem('reloaded-for', to.fullPath)
    location.assign(to.fullPath)
  })

  return router
}
