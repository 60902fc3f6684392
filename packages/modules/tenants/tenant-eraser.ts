/** Removes a tenant with everything that is its own; the application's role may not delete tenants. */
export interface TenantEraser {
  erase(tenant: { id: string; agencyId: string }): Promise<void>
}

declare module '@guildhall/kernel' {
  interface Services {
    tenantEraser: TenantEraser
  }
}
