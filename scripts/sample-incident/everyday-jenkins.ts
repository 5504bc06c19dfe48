import { read } from './calls';
import { ADDRESS, AGENT, CI_USER, HOME_REGION, keyOf, PRODUCTION } from './cast';
import type { Call } from './record';
import { CLUSTER } from './resources';
import type { Scene, Story } from './story';

const REGION = HOME_REGION;

/** A deployment by hand of an earlier age: Jenkins, with the long-lived key that will leak. */
function jenkinsDeploys(scene: Scene, when: string, service: string, revision: number): void {
  const caller = keyOf(CI_USER, ADDRESS.jenkins, AGENT.jenkinsCli);
  const taskDefinition = `${service}:${revision}`;
  const calls: readonly Call[] = [
    read('sts', 'GetCallerIdentity'),
    read('ecr', 'GetAuthorizationToken'),
    read('ecr', 'DescribeRepositories', { repositoryNames: [service] }),
    read('ecs', 'DescribeTaskDefinition', { taskDefinition: service }),
    {
      service: 'ecs',
      name: 'RegisterTaskDefinition',
      parameters: {
        family: service,
        networkMode: 'awsvpc',
        cpu: '1024',
        memory: '2048',
        requiresCompatibilities: ['FARGATE'],
      },
      response: {
        taskDefinition: {
          taskDefinitionArn: `arn:aws:ecs:${REGION}:${PRODUCTION}:task-definition/${taskDefinition}`,
          status: 'ACTIVE',
        },
      },
    },
    {
      service: 'ecs',
      name: 'UpdateService',
      parameters: { cluster: CLUSTER, service, taskDefinition, forceNewDeployment: false },
      response: { service: { serviceName: service, status: 'ACTIVE', desiredCount: 4, runningCount: 4 } },
    },
  ];
  scene.at(when);
  for (const call of calls) scene.wait(1, 9).call(caller, REGION, call);
  for (let look = 0; look < 4; look += 1) {
    scene.wait(15).call(caller, REGION, read('ecs', 'DescribeServices', { cluster: CLUSTER, services: [service] }));
  }
}

export function jenkins(story: Story): void {
  story.chapter(
    {
      id: 'jenkins',
      kind: 'everyday',
      what: `Jenkins, at ${ADDRESS.jenkins}, deploys four times with the key of \`${CI_USER}\`: what this key normally does.`,
      says: `Quiet. It is what makes the use of the same key at night stand out.`,
    },
    (scene) => {
      jenkinsDeploys(scene, '17 09:47:12', 'orders-api', 43);
      jenkinsDeploys(scene, '17 12:31:40', 'orders-worker', 23);
      jenkinsDeploys(scene, '17 16:20:05', 'orders-api', 44);
      jenkinsDeploys(scene, '17 18:05:51', 'orders-worker', 24);
    },
  );
}
