import type { JobAnnotation } from './records.ts';

const unescapeValue = (text: string): string => text.replace(/%0D/g, '\r').replace(/%0A/g, '\n').replace(/%25/g, '%');

const unescapeProperty = (text: string): string => unescapeValue(text.replace(/%3A/g, ':').replace(/%2C/g, ','));

export type WorkflowCommand = { name: string; properties: Record<string, string>; message: string };

/** `::error title=Bad,line=3::What is wrong` */
export const parseCommand = (line: string): WorkflowCommand | undefined => {
  const match = /^\s*::([\w-]+)(?: ([^:]*(?::(?!:)[^:]*)*))?::([\s\S]*)$/.exec(line);
  if (!match) return undefined;
  const properties = (match[2] ?? '')
    .split(',')
    .filter((part) => part.includes('='))
    .map((part) => [part.slice(0, part.indexOf('=')).trim(), unescapeProperty(part.slice(part.indexOf('=') + 1))]);
  return {
    name: (match[1] ?? '').toLowerCase(),
    properties: Object.fromEntries(properties) as Record<string, string>,
    message: unescapeValue(match[3] ?? ''),
  };
};

const levels: Record<string, JobAnnotation['level']> = { error: 'failure', warning: 'warning', notice: 'notice' };

export type CommandSink = {
  write: (line: string) => void;
  mask: (value: string) => void;
  annotate: (annotation: JobAnnotation) => void;
};

/** Reads what a step prints: commands act, everything else goes to the log. */
export const createCommandReader = (sink: CommandSink): ((line: string) => void) => {
  let resumeToken: string | undefined;
  return (line) => {
    if (resumeToken !== undefined) {
      if (line.trim() === `::${resumeToken}::`) resumeToken = undefined;
      else sink.write(line);
      return;
    }
    const command = parseCommand(line);
    if (!command) return sink.write(line);
    const { name, properties, message } = command;
    const level = levels[name];
    if (level) {
      sink.annotate({ level, title: properties.title, message });
      sink.write(`##[${name}]${message}`);
    } else if (name === 'add-mask') {
      for (const part of message.split(/\r?\n/)) if (part.trim() !== '') sink.mask(part);
    } else if (name === 'group') sink.write(`##[group]${message}`);
    else if (name === 'endgroup') sink.write('##[endgroup]');
    else if (name === 'stop-commands') resumeToken = message;
    else if (name === 'debug') return;
    else if (name !== 'echo' && name !== 'add-matcher' && name !== 'remove-matcher') sink.write(line);
  };
};
