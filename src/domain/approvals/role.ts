/** Role on a repository, as GitHub's `role_name` says it; custom roles answer their base. */
export type Role = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none';

const RANK: Record<Role, number> = { none: 0, read: 1, triage: 2, write: 3, maintain: 4, admin: 5 };

export function hasRole(role: Role, needed: Role): boolean {
  return RANK[role] >= RANK[needed];
}
