"""MCP: a read-only server of the Model Context Protocol, for assistants.

In: requests of an assistant on standard input. Out: incidents, findings, judgements and
causes as structured data on standard output.
It does not: change anything. No tool acknowledges, mutes, writes or sends.

- `server`: the tools, the resources, and the standard streams.
- `tools`: one method for each tool; `resources`: documents that never change.
- `stack`: what is read of a stack; `problems`: what AWS refuses, and what to do.
- `incident`, `finding`, `evidence`, `cause`: the fields of an answer.
- `answer`: facts and observed texts, apart from each other; `untrusted`: safe texts.

Nothing here is in the layer of the functions: the SDK would double its size.
"""
