import { asArray, at, flag, pick, text } from '../../intake/fields';
import { requestOf } from '../../intake/request';
import { type Acts, act, actRule, where } from '../acts';
import { defineRule, type Examples } from '../rule';
import { but, call, denied, later } from '../sample';

const EKS = 'eks.amazonaws.com';

const ACTS: Acts = {
  [EKS]: {
    AssociateAccessPolicy: (event) =>
      text(pick(requestOf(event), 'policyArn'))?.includes('Admin') === false
        ? act('low', 'gave somebody rights in cluster')
        : act('high', 'made somebody an administrator of cluster'),
    CreateAccessEntry: (event) =>
      asArray(pick(requestOf(event), 'kubernetesGroups')).some((group) => text(group) === 'system:masters')
        ? act('high', 'made somebody an administrator of cluster')
        : act('low', 'let somebody into cluster'),
    UpdateClusterConfig: where(opensToWorld, act('high', 'opened to the internet the API of cluster')),
    AssociateIdentityProviderConfig: act('medium', 'let users of another identity provider into cluster'),
  },
};

/** Public without a list of networks means everybody; with 0.0.0.0/0 too. */
function opensToWorld(request: unknown): boolean {
  const access = pick(request, 'resourcesVpcConfig');
  const networks = asArray(pick(access, 'publicAccessCidrs')).map(text);
  const open = networks.includes('0.0.0.0/0') || networks.includes('::/0');
  return flag(at(access, 'endpointPublicAccess')) === true ? open || networks.length === 0 : open;
}

export default defineRule({
  id: 'cluster-opened',
  title: 'Kubernetes cluster opened, or an administrator added',
  ...actRule(ACTS, { names: ['name', 'clusterName'], attempts: true }),
  rows: ['2-38'],
  attack: ['TA0003/T1098.006', 'TA0001/T1133'],
  why: 'Whoever administers the cluster runs what they like on its machines, with the rights of its roles. What happens inside is not in CloudTrail.',
  runbook: [
    'Ask the actor.',
    'See who may come in: aws eks list-access-entries --cluster-name <cluster>; take out whom nobody knows: delete-access-entry, disassociate-access-policy.',
    'Close the API: aws eks update-cluster-config --name <cluster> --resources-vpc-config publicAccessCidrs=<your networks>.',
    'Read the audit log of the cluster since: who came, and what was made.',
  ],
  falsePositives: ['Setting a cluster up by hand. People who join (low).'],
  blindSpots: [
    'Rights that are given inside the cluster, and its aws-auth list. Clusters that were made public at birth.',
  ],
  references: [
    'https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html',
    'https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html',
    'https://attack.mitre.org/techniques/T1098/006/',
  ],
});

export const examples = (): Examples => {
  const policy = (name: string) =>
    call(EKS, 'AssociateAccessPolicy', {
      requestParameters: {
        name: 'shop',
        principalArn: 'arn:aws:iam::111122223333:role/Ops',
        policyArn: `arn:aws:eks::aws:cluster-access-policy/${name}`,
        accessScope: { type: 'cluster' },
      },
    });
  const admin = policy('AmazonEKSClusterAdminPolicy');
  const entry = (kubernetesGroups: string[]) =>
    but(admin, {
      eventName: 'CreateAccessEntry',
      requestParameters: { name: 'shop', principalArn: 'arn:aws:iam::111122223333:role/Ops', kubernetesGroups },
    });
  const access = (resourcesVpcConfig: object) =>
    but(admin, { eventName: 'UpdateClusterConfig', requestParameters: { name: 'shop', resourcesVpcConfig } });
  return {
    fires: [
      { why: 'an administrator', timeline: [admin], severity: 'high' },
      { why: 'a reader', timeline: [policy('AmazonEKSViewPolicy')], severity: 'low' },
      { why: 'the group of masters', timeline: [entry(['system:masters'])], severity: 'high' },
      { why: 'somebody else', timeline: [entry(['viewers'])], severity: 'low' },
      {
        why: 'open to the world',
        timeline: [access({ endpointPublicAccess: true, publicAccessCidrs: ['0.0.0.0/0'] })],
      },
      { why: 'public, for nobody in particular', timeline: [access({ endpointPublicAccess: true })], severity: 'high' },
      { why: 'refused', timeline: [denied(admin)], severity: 'medium' },
      { why: 'by Terraform', timeline: [but(admin, { userAgent: 'Terraform/1.9' })], severity: 'medium' },
      { why: 'twice: one alert', timeline: [admin, later(admin, 60_000)] },
    ],
    quiet: [
      { why: 'it failed otherwise', timeline: [but(admin, { errorCode: 'ResourceNotFoundException' })] },
      {
        why: 'public, for one network',
        timeline: [access({ endpointPublicAccess: true, publicAccessCidrs: ['198.51.100.0/24'] })],
      },
      { why: 'private', timeline: [access({ endpointPublicAccess: false, endpointPrivateAccess: true })] },
      {
        why: 'its logs changed',
        timeline: [but(admin, { eventName: 'UpdateClusterConfig', requestParameters: { name: 'shop' } })],
      },
    ],
  };
};
