// The configuration of an OpenDNSSEC that lives in a test's folder and keeps its keys in a token.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Token } from './module.ts';
import { modulePath } from './paths.ts';
import type { Room } from './room.ts';

export const repository = 'room';

/** Writes conf.xml; its path is what every program of OpenDNSSEC wants as -c. */
export const writeConf = ({ folder }: Room, token: Token): string => {
  const path = join(folder, 'conf.xml');
  writeFileSync(
    path,
    `<?xml version="1.0" encoding="UTF-8"?>
<Configuration>
  <RepositoryList>
    <Repository name="${repository}">
      <Module>${modulePath}</Module>
      <TokenLabel>${token.label}</TokenLabel>
      <PIN>${token.pin}</PIN>
      <SkipPublicKey/>
    </Repository>
  </RepositoryList>
  <Common>
    <Logging><Verbosity>3</Verbosity></Logging>
    <PolicyFile>${folder}/kasp.xml</PolicyFile>
    <ZoneListFile>${folder}/zonelist.xml</ZoneListFile>
  </Common>
  <Enforcer>
    <Datastore><SQLite>${folder}/kasp.db</SQLite></Datastore>
    <AutomaticKeyGenerationPeriod>PT1H</AutomaticKeyGenerationPeriod>
    <PidFile>${folder}/enforcer.pid</PidFile>
    <SocketFile>${folder}/enforcer.sock</SocketFile>
    <WorkingDirectory>${folder}</WorkingDirectory>
    <WorkerThreads>2</WorkerThreads>
  </Enforcer>
  <Signer>
    <WorkingDirectory>${folder}</WorkingDirectory>
    <WorkerThreads>2</WorkerThreads>
    <SignerThreads>4</SignerThreads>
  </Signer>
</Configuration>
`,
  );
  return path;
};
