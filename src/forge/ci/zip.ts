import { crc32 } from 'node:zlib';

export type ZipEntry = { name: string; content: Buffer };

const local = (name: Buffer, content: Buffer): Buffer => {
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(20, 4);
  // names are UTF-8
  head.writeUInt16LE(0x0800, 6);
  // 1 January 1980, so that the same files give the same bytes
  head.writeUInt16LE(0x21, 12);
  head.writeUInt32LE(crc32(content), 14);
  head.writeUInt32LE(content.length, 18);
  head.writeUInt32LE(content.length, 22);
  head.writeUInt16LE(name.length, 26);
  return Buffer.concat([head, name, content]);
};

const central = (name: Buffer, content: Buffer, offset: number): Buffer => {
  const head = Buffer.alloc(46);
  head.writeUInt32LE(0x02014b50, 0);
  head.writeUInt16LE(20, 4);
  head.writeUInt16LE(20, 6);
  head.writeUInt16LE(0x0800, 8);
  head.writeUInt16LE(0x21, 14);
  head.writeUInt32LE(crc32(content), 16);
  head.writeUInt32LE(content.length, 20);
  head.writeUInt32LE(content.length, 24);
  head.writeUInt16LE(name.length, 28);
  head.writeUInt32LE(offset, 42);
  return Buffer.concat([head, name]);
};

/** A zip file of stored (uncompressed) entries, of less than 4 GiB. Format: PKWARE APPNOTE 6.3, sections 4.3.7 to 4.3.16. */
export const writeZip = (entries: ZipEntry[]): Buffer => {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const part = local(name, entry.content);
    locals.push(part);
    centrals.push(central(name, entry.content, offset));
    offset += part.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
};

/** Entries of a zip file that `writeZip` made. */
export const readZip = (zip: Buffer): ZipEntry[] => {
  const entries: ZipEntry[] = [];
  for (let at = 0; zip.readUInt32LE(at) === 0x04034b50; ) {
    const size = zip.readUInt32LE(at + 18);
    const start = at + 30 + zip.readUInt16LE(at + 26);
    entries.push({ name: zip.toString('utf8', at + 30, start), content: zip.subarray(start, start + size) });
    at = start + size;
  }
  return entries;
};
