/** Where a deployment is, and as whom to ask; what is not given comes from the environment. */
export interface Where {
  readonly region?: string | undefined;
  /** Of the shared configuration and credentials files. */
  readonly profile?: string | undefined;
}

/** The stack that `npx cdk deploy` makes. */
export const HUB_STACK = 'Trailhound-Hub';

/** Options of every command that asks AWS, as they stand in its help. */
export const WHERE_HELP = `  --stack <name>     stack of the hub (default: ${HUB_STACK})
  --region <region>  its region (default: that of the environment)
  --profile <name>   profile of your AWS configuration (default: that of the environment)`;

export const WHERE_OPTIONS = {
  stack: { type: 'string', default: HUB_STACK },
  region: { type: 'string' },
  profile: { type: 'string' },
} as const;
