"""From the bytes of an export to rows that count, in this order.

``unpacking`` takes files out of what they are packed in; ``files`` tells what each is and reads it
as one ``sheet`` of named columns: ``encodings``, then ``delimited``,
``json_records``, ``workbook`` or ``chats``; ``pieces`` does so with a file too large to be held.
``columns`` and ``forms`` name the columns; ``acts`` (with ``act_cells`` and ``kinds``) and
``baskets`` (with ``amounts`` and ``orders``) say what their cells mean; ``times`` reads times.
``cleaning`` (with ``accounts`` and ``equal_rows``) leaves out what does not count, and says so.
"""
