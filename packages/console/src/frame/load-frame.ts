/** The frame for people who are signed in. */
export const loadAppFrame = () => import('./AppFrame.vue')
/** The bare page for everybody else. */
export const loadPublicFrame = () => import('./PublicFrame.vue')
