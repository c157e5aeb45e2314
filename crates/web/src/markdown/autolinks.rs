//! Bare addresses next to Chinese and Japanese punctuation: the parser reads an address up to the next space, and these
//! scripts have none.

use comrak::{
    Arena,
    nodes::{AstNode, NodeValue},
};

/// Punctuation that no bare address contains.
const ENDS: &[char] =
    &['、', '。', '〈', '〉', '《', '》', '「', '」', '『', '』', '【', '】', '！', '（', '）', '，', '：', '；', '？'];

/// Ends each link whose text is its address at such punctuation; what follows is text again.
pub(super) fn cut<'a>(arena: &'a Arena<'a>, document: &'a AstNode<'a>) {
    let links: Vec<&'a AstNode<'a>> = document.descendants().filter(|node| is_link(node)).collect();
    for link in links {
        let Some(child) = link.first_child().filter(|child| child.next_sibling().is_none()) else { continue };
        let Some((address, rest)) = split(child) else { continue };
        {
            let mut data = link.data_mut();
            let NodeValue::Link(target) = &mut data.value else { continue };
            // Another link has a text of its own.
            let Some(kept) = target.url.strip_suffix(&rest).filter(|kept| kept.ends_with(&address)) else { continue };
            let kept = kept.to_owned();
            target.url = kept;
        }
        child.data_mut().value = NodeValue::Text(address.into());
        link.insert_after(arena.alloc(AstNode::from(NodeValue::Text(rest.into()))));
    }
}

/// The address in the text of a node, and the text behind it.
fn split(node: &AstNode<'_>) -> Option<(String, String)> {
    let data = node.data();
    let NodeValue::Text(text) = &data.value else { return None };
    let (address, rest) = text.split_at(text.find(ENDS)?);
    (!address.is_empty()).then(|| (address.to_owned(), rest.to_owned()))
}

fn is_link(node: &AstNode<'_>) -> bool {
    matches!(node.data().value, NodeValue::Link(_))
}
