/** From this width on the navigation stands beside the page; below it is a drawer. */
export const showsSidebar = '(min-width: 1024px)'

export const loadSidebar = () => import('./AppSidebar.vue')

/** The frame for people who are signed in, with its sidebar where it is shown at once. */
export const loadAppFrame = () => {
  if (matchMedia(showsSidebar).matches) void loadSidebar()
  return import('./AppFrame.vue')
}

/** The bare page for everybody else. */
export const loadPublicFrame = () => import('./PublicFrame.vue')
