import type { Random } from './random';
import { eventTime } from './time';

export type Json = string | number | boolean | null | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

/**
 * A CloudTrail record as it stands in a delivered file, with the fields in the order in which CloudTrail writes them.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export interface CloudTrailRecord {
  eventVersion: string;
  userIdentity: JsonObject;
  eventTime: string;
  eventSource: string;
  eventName: string;
  awsRegion: string;
  sourceIPAddress: string;
  userAgent: string;
  errorCode?: string;
  errorMessage?: string;
  requestParameters: Json;
  responseElements: Json;
  additionalEventData?: JsonObject;
  requestID?: string;
  eventID: string;
  readOnly: boolean;
  resources?: JsonObject[];
  eventType: string;
  managementEvent: true;
  recipientAccountId: string;
  sharedEventID?: string;
  vpcEndpointId?: string;
  serviceEventDetails?: JsonObject;
  eventCategory: 'Management';
  tlsDetails?: JsonObject;
  sessionCredentialFromConsole?: 'true';
}

/** Who calls, from where and with which client. */
export interface Caller {
  /** The account whose trail records the calls. */
  readonly account: string;
  readonly identity: JsonObject;
  /** An address, or the name of the AWS service that calls. */
  readonly sourceIp: string;
  readonly userAgent: string | ((service: string, call: string) => string);
  /** The call was made by a page of the AWS console. */
  readonly fromConsole?: boolean;
}

/** What is called and what came of it. */
export interface Call {
  /** Service prefix without `.amazonaws.com`. */
  readonly service: string;
  readonly name: string;
  readonly parameters?: Json;
  /** The response, or a function of the request's ID where the service repeats that in the response. */
  readonly response?: Json | ((requestId: string) => Json);
  readonly resources?: JsonObject[];
  readonly additional?: JsonObject;
  /** Refused for lack of permission. `on` is the resource that the message names; `why` replaces the usual reason. */
  readonly denied?: true | { readonly on?: string; readonly why?: string };
  /** Failed for another reason. */
  readonly failed?: { readonly code: string; readonly message: string };
  readonly sharedEventId?: string;
  readonly vpcEndpointId?: string;
}

/** Services whose calls are recorded in us-east-1 wherever they come from. */
const GLOBAL_SERVICES = new Set(['iam', 'organizations', 'route53', 'ce', 'health']);

/** `eventVersion` grows with each service's own pace. */
const EVENT_VERSIONS: Readonly<Record<string, string>> = {
  sts: '1.08',
  signin: '1.08',
  ses: '1.08',
  organizations: '1.10',
  servicequotas: '1.10',
  guardduty: '1.09',
};

/** Host names that do not follow `<service>.<region>.amazonaws.com`. */
const HOSTS: Readonly<Record<string, (region: string) => string>> = {
  iam: () => 'iam.amazonaws.com',
  route53: () => 'route53.amazonaws.com',
  health: () => 'health.us-east-1.amazonaws.com',
  ce: () => 'ce.us-east-1.amazonaws.com',
  ses: (region) => `email.${region}.amazonaws.com`,
  ecr: (region) => `api.ecr.${region}.amazonaws.com`,
};

/** IAM's name of the service where it is not the event source's. */
const IAM_PREFIXES: Readonly<Record<string, string>> = { monitoring: 'cloudwatch' };

/** IAM's name of the action where it is not the event's. */
const IAM_ACTIONS: Readonly<Record<string, string>> = { 's3:ListBuckets': 's3:ListAllMyBuckets' };

/**
 * CloudTrail counts these as reads although nothing in their name says so.
 * @see https://docs.aws.amazon.com/eventbridge/latest/ref/eb-service-management-event-list.html
 */
const READS = /^(Get|List|Describe|Head|BatchGet|Lookup|Decrypt|GenerateDataKey|AssumeRole)/;

/** Lambda and CloudFront put their API's version into the event name: `ListFunctions20150331`. */
export function withoutApiVersion(eventName: string): string {
  return eventName.replace(/20\d\d_?\d\d_?\d\d(v\d)?$/, '');
}

/** True for the name of an AWS service (`lambda.amazonaws.com`, `AWS Internal`) in the place of an address. */
function isService(source: string): boolean {
  return !/^[\d.]+$/.test(source);
}

export function apiCall(caller: Caller, timeMs: number, region: string, call: Call, random: Random): CloudTrailRecord {
  const { service, name } = call;
  const s3 = service === 's3';
  const requestId = s3 ? random.text('ABCDEFGHJKMNPQRSTVWXYZ0123456789', 16) : random.uuid();
  const awsRegion = GLOBAL_SERVICES.has(service) ? 'us-east-1' : region;
  const failure = call.denied ? denial(caller, call, random) : call.failed;
  const response = typeof call.response === 'function' ? call.response(requestId) : call.response;
  const agent = typeof caller.userAgent === 'string' ? caller.userAgent : caller.userAgent(service, name);
  const tls = !(isService(caller.sourceIp) || caller.fromConsole);

  return {
    eventVersion: EVENT_VERSIONS[service] ?? '1.11',
    userIdentity: caller.identity,
    eventTime: eventTime(timeMs),
    eventSource: `${service}.amazonaws.com`,
    eventName: name,
    awsRegion,
    sourceIPAddress: caller.sourceIp,
    userAgent: s3 && !isService(caller.sourceIp) ? `[${agent}]` : agent,
    ...(failure && { errorCode: failure.code, errorMessage: failure.message }),
    requestParameters: call.denied && !keepsParameters(service) ? null : (call.parameters ?? null),
    responseElements: failure ? null : (response ?? null),
    ...(s3 && { additionalEventData: s3Transfer(READS.test(name), failure !== undefined, random) }),
    ...(call.additional && { additionalEventData: call.additional }),
    requestID: requestId,
    eventID: random.uuid(),
    readOnly: READS.test(name),
    ...(call.resources && { resources: call.resources }),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: caller.account,
    ...(call.sharedEventId && { sharedEventID: call.sharedEventId }),
    ...(call.vpcEndpointId && { vpcEndpointId: call.vpcEndpointId }),
    eventCategory: 'Management',
    ...(tls && { tlsDetails: tlsDetails(host(call, awsRegion)) }),
    ...(caller.fromConsole && { sessionCredentialFromConsole: 'true' as const }),
  };
}

/** EC2 and S3 keep the parameters of a refused call; most services leave none. */
function keepsParameters(service: string): boolean {
  return service === 'ec2' || service === 's3';
}

function denial({ identity }: Caller, call: Call, random: Random): { code: string; message: string } {
  const { on = undefined, why = undefined } = call.denied === true ? {} : (call.denied ?? {});
  const prefix = IAM_PREFIXES[call.service] ?? call.service;
  const named = `${prefix}:${withoutApiVersion(call.name)}`;
  const action = IAM_ACTIONS[named] ?? named;
  const reason = why ?? `because no identity-based policy allows the ${action} action`;
  const sentence = `User: ${identity['arn']} is not authorized to perform: ${action}${on ? ` on resource: ${on}` : ''} ${reason}`;
  if (call.service !== 'ec2') return { code: 'AccessDenied', message: sentence };
  const encoded = random.base64(260).replaceAll('+', '-').replaceAll('/', '_');
  return {
    code: 'Client.UnauthorizedOperation',
    message: `You are not authorized to perform this operation. ${sentence}. Encoded authorization failure message: ${encoded}`,
  };
}

function s3Transfer(reads: boolean, failed: boolean, random: Random): JsonObject {
  return {
    SignatureVersion: 'SigV4',
    CipherSuite: 'TLS_AES_128_GCM_SHA256',
    bytesTransferredIn: reads ? 0 : random.whole(90, 700),
    AuthenticationMethod: 'AuthHeader',
    'x-amz-id-2': `${random.base64(55)}=`,
    bytesTransferredOut: failed ? random.whole(240, 360) : reads ? random.whole(300, 2400) : 0,
  };
}

function host(call: Call, region: string): string {
  const { parameters } = call;
  if (parameters && typeof parameters === 'object' && !Array.isArray(parameters)) {
    const named = parameters['Host'];
    if (typeof named === 'string') return named;
  }
  return HOSTS[call.service]?.(region) ?? `${call.service}.${region}.amazonaws.com`;
}

function tlsDetails(clientProvidedHostHeader: string): JsonObject {
  return { tlsVersion: 'TLSv1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256', clientProvidedHostHeader };
}

/** A sign-in page's event; these have no request ID. */
export interface SignIn {
  readonly name: 'ConsoleLogin' | 'PasswordRecoveryRequested';
  readonly result: 'Success' | 'Failure';
  readonly errorMessage?: string;
  readonly mfaUsed?: boolean;
  /** Set when an identity provider signed the person in. */
  readonly samlProviderArn?: string;
}

/** @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html */
export function signIn(caller: Caller, timeMs: number, region: string, act: SignIn, random: Random): CloudTrailRecord {
  return {
    eventVersion: EVENT_VERSIONS['signin'] ?? '1.08',
    userIdentity: caller.identity,
    eventTime: eventTime(timeMs),
    eventSource: 'signin.amazonaws.com',
    eventName: act.name,
    awsRegion: region,
    sourceIPAddress: caller.sourceIp,
    userAgent: typeof caller.userAgent === 'string' ? caller.userAgent : caller.userAgent('signin', act.name),
    ...(act.errorMessage && { errorMessage: act.errorMessage }),
    requestParameters: null,
    responseElements: { [act.name]: act.result },
    ...(act.name === 'ConsoleLogin' && {
      additionalEventData: {
        ...(act.samlProviderArn && { SamlProviderArn: act.samlProviderArn }),
        LoginTo: `https://console.aws.amazon.com/console/home?region=${region}&state=hashArgs%23&isauthcode=true`,
        MobileVersion: 'No',
        MFAUsed: act.mfaUsed ? 'Yes' : 'No',
      },
    }),
    eventID: random.uuid(),
    readOnly: false,
    eventType: 'AwsConsoleSignIn',
    managementEvent: true,
    recipientAccountId: caller.account,
    eventCategory: 'Management',
    tlsDetails: tlsDetails(region === 'us-east-1' ? 'signin.aws.amazon.com' : `${region}.signin.aws.amazon.com`),
  };
}

/** Something that a service reports by itself; nobody called it, and its identity has no type. */
export function serviceEvent(
  account: string,
  timeMs: number,
  region: string,
  event: { readonly service: string; readonly name: string; readonly details: JsonObject },
  random: Random,
): CloudTrailRecord {
  const source = `${event.service}.amazonaws.com`;
  return {
    eventVersion: '1.08',
    userIdentity: { accountId: account, invokedBy: source },
    eventTime: eventTime(timeMs),
    eventSource: source,
    eventName: event.name,
    awsRegion: region,
    sourceIPAddress: source,
    userAgent: source,
    requestParameters: null,
    responseElements: null,
    eventID: random.uuid(),
    readOnly: false,
    eventType: 'AwsServiceEvent',
    managementEvent: true,
    recipientAccountId: account,
    sharedEventID: random.uuid(),
    serviceEventDetails: event.details,
    eventCategory: 'Management',
  };
}
