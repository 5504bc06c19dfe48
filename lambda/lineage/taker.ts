/** Who took a role. All strings are harmless (see alerts/neutral.ts), the key is masked. */
export interface Taker {
  readonly actor: string;
  readonly accessKeyId?: string;
  /** Who first took a role, kept through all roles that follow. */
  readonly sourceIdentity?: string;
  /** Token of the session that the taker was itself in: one hop further. */
  readonly session?: string;
}

/** Who is behind a role's session: those who took one role after the other, the latest first. */
export interface Behind {
  /** Empty while no assumption of the session is known. */
  readonly takers: readonly Taker[];
  /** True when the last of them holds a long-lived key, or is a person: there is nobody further back. */
  readonly complete: boolean;
}
