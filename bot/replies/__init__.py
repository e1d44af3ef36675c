"""What people read: wording in both languages, rendering, markup, keyboards, links and paging."""
